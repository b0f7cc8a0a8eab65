"""The requirements that a TAXII 2.1 server is held to, and how two others met them when they were run.

Rows 1 to 81 were executed against the peers on 21 November 2026; rows from 82 on are further demands, of which nothing was
recorded of the peers. References are to sections of TAXII 2.1 (OASIS Standard, 10 June 2021) as remembered, and not verified
against its text; where a row names HTTP, STIX, RFC or client it is practice rather than text of TAXII.
"""

from __future__ import annotations

from dataclasses import dataclass

PEERS = (
    "medallion 3.0.0 (PyPI, memory)",
    "medallion HEAD (39e76bf, 2023-06-06, memory)",
    "OpenTAXII HEAD (1506bb7, 0.10.0b1, SQLite)",
)
"""The peers and the versions in which they were run."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement.

    Attributes:
        number: Its number.
        reference: Where it comes from.
        text: What is asked.
        peers: Whether each of the peers met it; empty where that was not run.
        note: What failed with them.
    """

    number: int
    reference: str
    text: str
    peers: tuple[bool, ...] = ()
    note: str = ""


REQUIREMENTS = (
    Requirement(1, "4.1", "GET discovery 200, title, api_roots; default is one of api_roots", (True, True, True)),
    Requirement(2, "1.6.8/3.2", "Content-Type of responses is application/taxii+json;version=2.1", (True, True, True)),
    Requirement(
        3, "4.2", "GET api-root: title, versions has taxii 2.1, max_content_length int > 0", (True, True, True)
    ),
    Requirement(4, "4.2", "unknown api-root -> 404 (401/403 allowed)", (True, True, True)),
    Requirement(5, "4.2", "malformed api-root name -> 404, not 5xx", (True, True, False), "OpenTAXII: HTTP 500"),
    Requirement(6, "3.2/8.2", "no credentials -> 401 (404 allowed) on api-root", (True, True, True)),
    Requirement(7, "RFC 9110 11.6.1", "401 carries WWW-Authenticate", (True, True, False), "OpenTAXII: HTTP 401 None"),
    Requirement(8, "8.2", "wrong password -> 401 (404 allowed)", (True, True, True)),
    Requirement(
        9,
        "3.6.1",
        "401 body is a TAXII error resource (title) with TAXII content type",
        (False, False, False),
        "medallion: ctype text/html; charset=utf-8; OpenTAXII: keys ['code', 'description', 'name']",
    ),
    Requirement(
        10, "3.1", "missing trailing slash -> 404 (or redirect), never 200 with another shape", (True, True, True)
    ),
    Requirement(
        11,
        "1.6.8",
        "Accept application/taxii+json without version -> 200 (latest)",
        (False, False, False),
        "medallion: HTTP 406; OpenTAXII: HTTP 406",
    ),
    Requirement(
        12,
        "1.6.8",
        "Accept list / q-values ('text/html, application/taxii+json;version=2.1;q=0.9') -> 200",
        (False, False, True),
        "medallion: HTTP 406",
    ),
    Requirement(13, "1.6.8", "Accept with space before version -> 200", (True, True, True)),
    Requirement(14, "1.6.8", "Accept application/foo -> 406", (True, True, True)),
    Requirement(15, "1.6.8", "Accept version=2.0 only -> 406", (True, True, True)),
    Requirement(
        16,
        "3.6.1",
        "406 body is a TAXII error resource with TAXII content type",
        (True, True, False),
        "OpenTAXII: keys ['code', 'description', 'name']",
    ),
    Requirement(17, "5.1", "GET collections lists id,title,can_read,can_write as booleans", (True, True, True)),
    Requirement(
        18, "5.2", "GET one collection; can_read/can_write of ro and wo are right for this user", (True, True, True)
    ),
    Requirement(19, "5.2", "unknown collection -> 404", (True, True, True)),
    Requirement(
        20, "5.4", "empty collection: 200 and empty envelope (no null, objects absent or [])", (True, True, True)
    ),
    Requirement(
        21, "5.5", "POST -> 202 and status resource (id,status,counts,successes[id,version])", (True, True, True)
    ),
    Requirement(22, "4.3", "GET status/<id> returns the same status", (True, True, True)),
    Requirement(23, "4.3", "unknown status id -> 404 (uuid)", (True, True, True)),
    Requirement(24, "4.3", "malformed status id -> 404/400, not 5xx", (True, True, False), "OpenTAXII: HTTP 500"),
    Requirement(
        25,
        "5.5",
        "POST of an exact duplicate -> 202, no failure, not stored twice",
        (False, True, True),
        "3.0.0: failure_count 1, stored 1",
    ),
    Requirement(26, "5.5", "two newer versions of A and object B are added", (True, True, True)),
    Requirement(27, "3.4.1", "no match[version] -> only the latest version of each object", (True, True, True)),
    Requirement(28, "3.4.1", "match[version]=all", (True, True, True)),
    Requirement(29, "3.4.1", "match[version]=first", (True, True, True)),
    Requirement(30, "3.4.1", "match[version]=first,last", (True, True, True)),
    Requirement(31, "3.4.1", "match[version]=<exact timestamp> (ms)", (True, True, True)),
    Requirement(32, "3.4.1", "match[version]=<same instant, 6 digits> matches the same version", (True, True, True)),
    Requirement(33, "3.4.1", "match[id] with two ids (OR)", (True, True, True)),
    Requirement(
        34, "3.4.1", "SCO without spec_version accepted (optional on SCOs)", (True, True, False), "OpenTAXII: HTTP 500"
    ),
    Requirement(35, "3.4.1", "SCO with spec_version 2.1 accepted", (True, True, True)),
    Requirement(
        36,
        "3.4.1",
        "TLP 2.0 marking-definition (no modified, extension) accepted and returned unchanged",
        (True, True, True),
    ),
    Requirement(37, "3.4.1", "match[type]=indicator,domain-name (OR) AND match[spec_version]=2.1", (True, True, True)),
    Requirement(38, "3.4.1", "match[type] with no hit -> 200 empty envelope", (True, True, True)),
    Requirement(39, "3.4.1", "unknown match field (match[foo]=x) -> 400 or ignored, not 5xx", (True, True, True)),
    Requirement(
        40,
        "3.4.1",
        "STIX 2.0 object (no spec_version) accepted, or rejected with 4xx / in failures, never 5xx",
        (True, True, False),
        "OpenTAXII: HTTP 500",
    ),
    Requirement(41, "5.5", "custom type x-scam-report accepted", (True, True, True)),
    Requirement(42, "2.x", "modified with microseconds kept byte for byte", (True, True, True)),
    Requirement(
        43,
        "STIX 2.1",
        "modified with no fraction (2024-01-01T00:00:00Z) -> 202 or 4xx, never 5xx",
        (True, True, False),
        "OpenTAXII: HTTP 500",
    ),
    Requirement(44, "3.2", "X-TAXII-Date-Added-First/Last on objects, 6-digit UTC, First <= Last", (True, True, True)),
    Requirement(45, "3.2", "same two headers on manifest, object/<id> and versions", (True, True, True)),
    Requirement(46, "5.3", "manifest records: id,date_added,version,media_type", (True, True, True)),
    Requirement(47, "3.3", "manifest and objects sorted by date_added ascending", (True, True, True)),
    Requirement(48, "5.8", "versions of A: three", (True, True, True)),
    Requirement(49, "5.6", "GET object/<id>/ latest only by default; unknown id -> 404", (True, True, True)),
    Requirement(
        50, "3.5", "limit=2 pages with next reach every object once; more false/absent at end", (True, True, True)
    ),
    Requirement(
        51,
        "3.5",
        "the same next can be asked twice (retry after a lost response gives the same page)",
        (False, False, True),
        "medallion: second HTTP 200, DIFFERENT page",
    ),
    Requirement(52, "3.5", "next without limit works (limit is optional)", (False, False, True), "medallion: HTTP 500"),
    Requirement(53, "3.5", "garbage next -> 400 (404 ok), not 5xx / not page one", (True, True, True)),
    Requirement(
        54,
        "3.5",
        "manifest limit=2: more + a way on (next)",
        (True, True, False),
        "OpenTAXII: keys ['more', 'objects']",
    ),
    Requirement(55, "3.4", "limit=0, -1, abc -> 400", (True, True, False), "OpenTAXII: [500, 200, 400]"),
    Requirement(56, "3.4", "limit above server maximum -> 200", (True, True, True)),
    Requirement(57, "3.4", "added_after strict: after Last -> empty; before First -> all", (True, True, True)),
    Requirement(
        58, "3.4", "added_after without fraction and with ms accepted", (True, True, False), "OpenTAXII: [400, 200]"
    ),
    Requirement(59, "3.4", "added_after=garbage -> 400", (False, False, True), "medallion: HTTP 500"),
    Requirement(
        60,
        "3.5",
        "paging by added_after + Date-Added-Last only (no next) loses nothing",
        (False, False, True),
        "medallion: 10 of 16",
    ),
    Requirement(61, "5.4", "read of a write-only collection -> 403 (404 ok)", (True, True, True)),
    Requirement(62, "5.5", "write to a read-only collection -> 403 (404 ok)", (True, True, True)),
    Requirement(63, "5.5", "POST to unknown collection -> 404", (True, True, True)),
    Requirement(64, "5.5", "POST with Content-Type application/json -> 415", (True, True, True)),
    Requirement(
        65,
        "5.5",
        "POST with 'application/taxii+json; version=2.1' (space) accepted",
        (True, True, False),
        "OpenTAXII: HTTP 415",
    ),
    Requirement(
        66,
        "5.5",
        "POST with 'application/taxii+json' (no version) accepted",
        (False, False, False),
        "medallion: HTTP 415; OpenTAXII: HTTP 415",
    ),
    Requirement(
        67,
        "5.5",
        "POST invalid JSON -> 400 with error resource",
        (False, False, False),
        "medallion: HTTP 400 ctype text/html; charset=utf-8; OpenTAXII: HTTP 400 keys ['code', 'description', 'name']",
    ),
    Requirement(68, "5.5", "POST JSON array / no objects key -> 4xx", (True, True, True)),
    Requirement(
        69,
        "5.5",
        "object without id / not an object -> 4xx or failure, not 5xx, not stored",
        (True, True, False),
        "OpenTAXII: [400, 500, 500]",
    ),
    Requirement(70, "5.5", "one bad object in an envelope of three does not lose the good two", (True, True, True)),
    Requirement(71, "5.5/4.2", "body above max_content_length -> 413", (True, True, True)),
    Requirement(
        72,
        "5.5",
        "chunked POST without Content-Length works or 411, not 400/5xx",
        (False, False, True),
        "medallion: HTTP 400",
    ),
    Requirement(73, "5.7", "DELETE one version (match[version]) -> 200, others stay", (True, True, True)),
    Requirement(
        74,
        "5.7",
        "DELETE without match[version] deletes all versions; then GET 404",
        (False, False, True),
        "medallion: HTTP 200 then GET 200",
    ),
    Requirement(75, "5.7", "DELETE unknown object -> 404", (True, True, False), "OpenTAXII: HTTP 200"),
    Requirement(76, "5.7", "DELETE in read-only collection -> 403; write-only -> 403 (404 ok)", (True, True, True)),
    Requirement(
        77,
        "HTTP",
        "PUT on objects -> 405 with error resource",
        (False, False, False),
        "medallion: HTTP 405 ctype text/html; charset=utf-8; OpenTAXII: HTTP 405 keys ['code', 'description', 'name']",
    ),
    Requirement(
        78,
        "3.6.1",
        "404 of an unknown path is a TAXII error resource",
        (True, True, False),
        "OpenTAXII: HTTP 404 keys ['code', 'description', 'name']",
    ),
    Requirement(
        79,
        "HTTP",
        "response can be compressed (Accept-Encoding: gzip -> Content-Encoding gzip)",
        (False, False, False),
        "medallion: None; OpenTAXII: None",
    ),
    Requirement(
        80,
        "client",
        "taxii2-client 2.3: Server->ApiRoot->Collection, add_objects, as_pages(get_objects) and as_pages(get_manifest) end",
        (True, True, False),
        "OpenTAXII: manifest paging LOOPS on the same page",
    ),
    Requirement(
        81,
        "client",
        "next still valid after 45 s (OpenCTI reads one page per scheduler tick)",
        (False, False, True),
        "medallion: HTTP 400",
    ),
    Requirement(82, "8.2 (as remembered)", "HTTPS, TLS 1.2 minimum, 1.3 should"),
    Requirement(83, "8.2, cti-taxii2#76", "HTTP Basic mandatory to implement"),
    Requirement(
        84,
        "StephenOTT/TAXII annotations",
        'api_roots: HTTPS absolute or relative URL, one leading "/", no "//" or "../", no query',
    ),
    Requirement(85, "StephenOTT/TAXII annotations", "default MUST be an item of api_roots"),
    Requirement(
        86,
        "TAXII 2.0 text + medallion interop_requirements (its code)",
        "status kept >= 24 h after completion (SHOULD; interop profile: MUST)",
    ),
    Requirement(87, "medallion interop_requirements (its code)", "collections list sorted by id (interop profile)"),
    Requirement(88, "StephenOTT/TAXII annotations", "manifest takes the same filters incl. next"),
    Requirement(
        89, "3.4.1 (as remembered)", "match fields AND across fields, OR inside; a field only once per request"
    ),
    Requirement(
        90, "medallion test changing_params_400", "same query parameters must accompany next; a changed filter -> 400"
    ),
    Requirement(91, "StephenOTT/TAXII annotations", "X-TAXII-Date-Added-* required on objects and manifest 200s"),
    Requirement(
        92,
        "StephenOTT/TAXII annotations",
        "POST codes 202, 400, 401, 403, 404, 406, 413, 415, 422; GET objects 200, 400, 401, 403, 404, 406",
    ),
    Requirement(93, "5.2 (as remembered)", "alias: collections/<alias>/ MAY work, id MUST work"),
    Requirement(94, "7 (as remembered)", "custom resource properties allowed, prefixed x_"),
    Requirement(95, "3.9 (as remembered)", "DNS SRV _taxii2._tcp"),
    Requirement(
        96,
        "docs.oasis-open.org/cti/taxii-2.1-interop/v1.0/",
        "TAXII 2.1 Interoperability Test Document v1.0 CSD01, 30 March 2022",
    ),
)
