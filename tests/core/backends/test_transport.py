"""What the environment may and may not do to a connection: proxies, certificates, TLS."""

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cutline.core.errors import ConfigError, Unreachable
from helpers.asking import KEY, FastControl, ask, imagedescriber, imgtags
from helpers.imgtags_service import ImgtagsService


def test_http_to_this_machine_goes_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with ImgtagsService(KEY) as service:
        ask(imgtags(service.base_url))


def test_https_goes_through_the_proxy_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def refuse() -> None:
            for _ in range(5):
                connection, _ = proxy.accept()
                with connection:
                    seen.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        control = FastControl()
        with pytest.raises(Unreachable, match=r"proxy named by HTTPS_PROXY .* service\.invalid \(407 Who are you\)"):
            ask(imagedescriber("https://service.invalid", control), control)
        thread.join()
    assert seen[0].startswith(b"CONNECT service.invalid:443 ")
    assert KEY.encode() not in b"".join(seen)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "nonsense://x", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_said(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(ConfigError, match="HTTPS_PROXY"):
        ask(imagedescriber("https://service.invalid"))


def test_certificates_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(bad))
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        ask(imagedescriber("https://service.invalid"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody knows, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ},
    )
    return folder


@contextmanager
def over_tls(service: ImgtagsService, certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    service.wrap(context)
    with service:
        yield service.base_url.replace("http://", "https://")


@pytest.mark.needs("openssl")
def test_an_unknown_certificate_is_not_trusted_and_not_tried_again(certificate: Path) -> None:
    with over_tls(ImgtagsService(KEY), certificate) as url:
        control = FastControl()
        with pytest.raises(Unreachable, match=r"the certificate of 127\.0\.0\.1:\d+ is not trusted \(self.signed"):
            ask(imgtags(url, control), control)
        assert control.waits == []


@pytest.mark.needs("openssl")
def test_a_certificate_the_person_trusts_works(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with over_tls(ImgtagsService(KEY), certificate) as url:
        assert ask(imgtags(url)).caption.title == "A plain picture of 60 by 40 pixels"


def test_tls_to_a_service_that_speaks_none() -> None:
    with ImgtagsService(KEY) as service:
        url = service.base_url.replace("http://", "https://")
        control = FastControl()
        with pytest.raises(Unreachable, match="no secure connection to"):
            ask(imgtags(url, control), control)
