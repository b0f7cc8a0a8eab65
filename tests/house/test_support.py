"""Rule: the shared fixtures work, and no test reaches beyond this machine."""

from __future__ import annotations

import asyncio
import os
import socket

import psycopg
import pytest

from tests.support.network import NetworkRefusedError
from tests.support.ports import free_port


def test_connecting_outside_is_refused():
    # 192.0.2.1 is TEST-NET-1 (RFC 5737): it exists nowhere.
    with socket.socket() as outside, pytest.raises(NetworkRefusedError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_looking_up_a_name_is_refused():
    with pytest.raises(NetworkRefusedError, match="example"):
        socket.getaddrinfo("www.example.org", 443)


def test_a_reserved_name_does_not_exist():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 443)


def test_this_machine_is_reachable_for_asyncio():
    async def echo() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", free_port())
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            line = await reader.readline()
            writer.close()
            await writer.wait_closed()
            return line

    assert asyncio.run(echo()) == b"hello\n"


def test_postgres_gives_separate_databases_and_is_not_run_by_root(postgres_server):
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        row = connection.execute("SHOW data_directory").fetchone()
    assert os.stat(row[0]).st_uid != 0  # noqa: PTH116 - one number
    with psycopg.connect(second) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT n FROM kept")


def test_postgres_wants_its_password(postgres_server):
    wrong = postgres_server.url().replace(postgres_server.password, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)
