"""Rule: a language that ships says everything, and keeps what a message must keep: placeholders and markup."""

from __future__ import annotations

from collections import Counter

import pytest
from babel.messages.catalog import Message

from serantau.bundle import default_region, load_bundle
from serantau.languages import SOURCE, LanguageError, catalogue_paths, compile_catalogues, speak
from serantau.languages.catalogue import read_catalogue
from serantau.translation import missing
from tests.support.languages import PLACEHOLDER, TAG, template, write_pseudo

CATALOGUES = catalogue_paths()
SHIPPED_REGION = default_region()


def texts(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def test_the_source_has_messages_of_python_and_of_templates():
    places = {name.rpartition(".")[2] for message in template() for name, _line in message.locations}
    assert places >= {"py", "html"}


@pytest.mark.parametrize("tag", CATALOGUES)
def test_nothing_is_untranslated_or_doubtful(tag):
    held = read_catalogue(CATALOGUES[tag])
    lacking = []
    for message in template():
        if message.id:
            found = held.get(message.id, message.context)
            if found is None or found.fuzzy or not all(texts(found)):
                lacking.append(message.id)
    assert not lacking, "run `make messages`, then translate what is empty in the .po file"


@pytest.mark.parametrize("tag", CATALOGUES)
def test_placeholders_and_markup_stay(tag):
    broken = []
    for message in read_catalogue(CATALOGUES[tag]):
        if not message.id:
            continue
        for text in texts(message):
            # Of a plural, each form is held against the last: the singular may say "one" in a word.
            for pattern in (PLACEHOLDER, TAG):
                allowed = [Counter(pattern.findall(one)) for one in ids(message)]
                if text and Counter(pattern.findall(text)) not in allowed:
                    broken.append((message.id, text))
    assert not broken


@pytest.mark.parametrize("tag", CATALOGUES)
def test_the_region_has_its_names_in_the_language(tag):
    bundle = load_bundle(SHIPPED_REGION)
    assert missing(bundle.names(), bundle.languages.get(tag)) == []


@pytest.mark.parametrize("tag", CATALOGUES)
def test_a_language_that_ships_is_offered(tag):
    offered = [language.tag for language in load_bundle(SHIPPED_REGION).region.profile.languages]
    assert tag in offered


# --- reading them -----------------------------------------------------------------------------------------------------


def test_one_file_in_the_region_is_a_language(tmp_path):
    write_pseudo(tmp_path / "languages" / "qaa.po")
    words = speak("qaa", tmp_path)
    assert words.gettext("Overview") == "⟦Overview⟧"
    assert words.gettext("nobody says this") == "nobody says this"


def test_the_source_needs_no_catalogue():
    assert speak(SOURCE).gettext("Overview") == "Overview"


def test_an_unknown_language_names_those_there_are():
    with pytest.raises(LanguageError, match="Known are: en"):
        speak("xx")


def test_a_file_that_is_no_catalogue_is_named(tmp_path):
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "qaa.po").write_text('msgid "half\n', encoding="utf-8")
    with pytest.raises(LanguageError, match=r"qaa\.po is no catalogue"):
        speak("qaa", tmp_path)


def test_a_doubtful_message_is_not_spoken(tmp_path):
    path = tmp_path / "languages" / "qaa.po"
    path.parent.mkdir()
    path.write_text('#, fuzzy\nmsgid "Overview"\nmsgstr "Perhaps"\n', encoding="utf-8")
    assert speak("qaa", tmp_path).gettext("Overview") == "Overview"


def test_compiling_is_done_once_for_the_same_content(tmp_path):
    path = tmp_path / "qaa.po"
    write_pseudo(path)
    first = compile_catalogues({"qaa": path}, tmp_path / "out")
    file = first / "qaa" / "LC_MESSAGES" / "django.mo"
    before = file.stat().st_mtime_ns
    assert compile_catalogues({"qaa": path}, tmp_path / "out") == first
    assert file.stat().st_mtime_ns == before
    path.write_text(path.read_text(encoding="utf-8").replace("⟦Overview⟧", "⟦Changed⟧"), encoding="utf-8")
    assert compile_catalogues({"qaa": path}, tmp_path / "out") != first


# --- renewing them ----------------------------------------------------------------------------------------------------


def test_renewing_keeps_what_was_translated_and_prunes_when_asked(tmp_path):
    from tests.support.languages import messages_script

    script = messages_script()
    path = tmp_path / "qaa.po"
    path.write_text('msgid "Overview"\nmsgstr "⟦mine⟧"\n\nmsgid "said no longer"\nmsgstr "⟦old⟧"\n', encoding="utf-8")
    held = read_catalogue(path)
    kept = script.renewed(template(), held, prune=False)
    assert kept.get("Overview").string == "⟦mine⟧"
    assert kept.get("said no longer").string == "⟦old⟧"
    assert script.renewed(template(), held, prune=True).get("said no longer") is None
    path.write_bytes(script.text_of(kept))
    again = script.text_of(script.renewed(template(), read_catalogue(path), prune=False))
    assert again == script.text_of(kept), "a second run changes nothing"
