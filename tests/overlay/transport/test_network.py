"""The network settings of the environment: every engine obeys them alike, and what cannot work is refused at once."""

import logging
import subprocess
import traceback
from shutil import which

import pytest

from gptimage2_video import ConnectionFailed, InvalidRequest
from gptimage2_video.transport.network import NetworkSettings
from support.certificates import server_context, write_authority
from support.proxies import PASSWORD, HttpProxy, SocksProxy
from support.scripted import ScriptedServer, reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}
SETTINGS = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _no_settings_of_mine(monkeypatch):
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def trusted(monkeypatch, tmp_path):
    """The authority of the tests is one that the environment trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(write_authority(tmp_path / "authority.pem")))


@pytest.fixture
def service(clock):
    """A server with a certificate of that authority, which knows itself as api.example."""
    with ScriptedServer(server_context()) as running:
        running.replies = [reply(200, RECEIPT)]
        running.name = f"api.example:{running.port}"
        yield running


@pytest.mark.usefixtures("trusted")
class TestProxies:
    """A proxy is used as the environment says; its user and password go to it, and show nowhere."""

    @pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"])
    def test_by_the_variable(self, scripted_clients, service, monkeypatch, variable):
        with HttpProxy() as proxy:
            monkeypatch.setenv(variable, proxy.url)
            scripted_clients(base_url=f"https://{service.name}").submit(VEO)
        assert ([service.name], 1) == (proxy.seen, len(service.seen))

    @pytest.mark.parametrize(
        "make",
        [
            lambda: HttpProxy(protected=True),
            lambda: HttpProxy(tls=server_context()),
            lambda: HttpProxy(protected=True, tls=server_context()),
            SocksProxy,
            lambda: SocksProxy(protected=True),
        ],
        ids=["password", "https", "https, password", "SOCKS", "SOCKS, password"],
    )
    def test_by_its_kind(self, scripted_clients, service, monkeypatch, caplog, make):
        caplog.set_level(logging.DEBUG, "gptimage2_video")
        with make() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            client = scripted_clients(base_url=f"https://{service.name}")
            client.submit(VEO)
            client.close()
        assert ([service.name], 1) == (proxy.seen, len(service.seen))
        assert (False, False) == ("proxy-authorization" in service.seen[0].headers, PASSWORD in caplog.text)

    def test_without_a_scheme_it_speaks_http(self, scripted_clients, service, monkeypatch):
        with HttpProxy(protected=True) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url.removeprefix("http://"))
            scripted_clients(base_url=f"https://{service.name}").submit(VEO)
        assert [service.name] == proxy.seen

    def test_a_video_may_come_over_one(self, scripted_clients, scripted, monkeypatch, tmp_path):
        scripted.replies = [reply(200, b"video", Content_Type="video/mp4")]
        url = f"http://cdn.example:{scripted.port}/v.mp4?a=%2F"
        with HttpProxy() as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            scripted_clients().download(url, tmp_path / "v.mp4")
        assert ([url], ["/v.mp4?a=%2F"]) == (proxy.seen, [seen.path for seen in scripted.seen])

    def test_to_this_machine_the_key_goes_by_none(self, scripted_clients, scripted, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        scripted.replies = [reply(200, RECEIPT)]
        scripted_clients().submit(VEO)
        assert 1 == len(scripted.seen)

    @pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
    def test_one_that_rejects_the_password_is_not_the_service(self, scripted_clients, monkeypatch, caplog, kind):
        caplog.set_level(logging.DEBUG, "gptimage2_video")
        with kind(protected=True) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace(PASSWORD, f"not-{PASSWORD}"))
            with pytest.raises(ConnectionFailed, match="nothing was sent") as caught:
                scripted_clients(base_url="https://api.example").submit(VEO)
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert (False, False) == (PASSWORD in shown, PASSWORD in caplog.text)

    @pytest.mark.parametrize("scheme", ["http", "socks5"])
    def test_one_that_is_not_there_is_named_with_host_and_port(self, scripted_clients, monkeypatch, scheme):
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://me:{PASSWORD}@127.0.0.1:9")
        with pytest.raises(ConnectionFailed, match=r"cannot connect to the proxy 127\.0\.0\.1:9: connection refused"):
            scripted_clients(base_url="https://api.example").submit(VEO)

    def test_socks_without_its_library_names_the_extra(self, clients, monkeypatch):
        monkeypatch.setattr("gptimage2_video.transport.network.find_spec", lambda _name: None)
        monkeypatch.setenv("ALL_PROXY", f"socks5://me:{PASSWORD}@127.0.0.1:9")
        with pytest.raises(InvalidRequest, match=r"ALL_PROXY.*pip install 'gptimage2-video\[socks\]'") as caught:
            clients()
        assert PASSWORD not in str(caught.value)


class TestExceptions:
    """NO_PROXY has names, addresses and ranges, as curl and requests take them."""

    @pytest.mark.parametrize(
        ("entry", "url"),
        [
            ("*", "https://api.example"),
            ("api.example", "https://api.example"),
            ("API.example", "https://api.EXAMPLE."),
            ("example", "https://api.example"),
            (".example", "https://api.example"),
            ("*.example", "https://api.example"),
            ("a, b c,example", "https://api.example"),
            ("api.example:8443", "https://api.example:8443"),
            ("https://api.example", "https://api.example"),
            ("all://api.example", "https://api.example"),
            ("192.0.2.1", "https://192.0.2.1"),
            ("192.0.2.1:443", "https://192.0.2.1"),
            ("192.0.2.0/24", "https://192.0.2.77"),
            ("192.0.2.7/24", "https://192.0.2.77"),
            ("::1", "https://[::1]"),
            ("[::1]", "https://[::1]:8443"),
            ("[::1]:8443", "https://[::1]:8443"),
            ("::1/128", "https://[::1]"),
            ("[2001:db8::]/32", "https://[2001:db8::17]"),
            ("2001:db8::/32", "https://[2001:db8::17]"),
        ],
    )
    def test_they_are_reached_directly(self, monkeypatch, entry, url):
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
        monkeypatch.setenv("NO_PROXY", entry)
        assert None is NetworkSettings.of_environment().proxy_for(url)

    @pytest.mark.parametrize(
        ("entry", "url"),
        [
            ("", "https://api.example"),
            ("pi.example", "https://api.example"),
            ("api.example:80", "https://api.example"),
            ("http://api.example", "https://api.example"),
            ("192.0.2.0/24", "https://192.0.3.1"),
            ("192.0.2.0/24", "https://[::1]"),
            ("192.0.2.0/24", "https://api.example"),
            ("::/0", "https://192.0.3.1"),
            ("::1", "https://[::2]"),
            ("<local>", "https://api.example"),
        ],
    )
    def test_all_others_are_not(self, monkeypatch, entry, url):
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
        monkeypatch.setenv("NO_PROXY", entry)
        assert "http://proxy.example:3128 (HTTPS_PROXY)" == repr(NetworkSettings.of_environment().proxy_for(url))

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.parametrize("entry", ["127.0.0.0/8", "localhost,127.0.0.1"])
    def test_every_engine_obeys_them(self, scripted_clients, service, monkeypatch, entry):
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", entry)
        scripted_clients(base_url=service.url).submit(VEO)
        assert 1 == len(service.seen)


class TestRefused:
    """One sentence with the variable and its value; nothing was sent, and no password shows."""

    @pytest.mark.parametrize(
        ("variable", "value", "sentence"),
        [
            (
                "HTTPS_PROXY",
                "htp://x",
                "HTTPS_PROXY is 'htp://x', but a proxy begins with http://, https://, socks5://",
            ),
            ("https_proxy", "htp://x", "https_proxy is 'htp://x'"),
            ("HTTP_PROXY", "socks4://x:1080", "HTTP_PROXY is 'socks4://x:1080'"),
            ("ALL_PROXY", "http://", "ALL_PROXY is 'http://'"),
            ("ALL_PROXY", "http://x:port", r"ALL_PROXY is 'http://x:\*\*\*', but that is no address"),
            ("HTTPS_PROXY", "http://[::1", "HTTPS_PROXY is 'http://"),
            ("HTTPS_PROXY", "http://x:99999", "HTTPS_PROXY is 'http://x:99999'"),
            ("HTTPS_PROXY", "http://me:hush-hush@x:port", r"HTTPS_PROXY is 'http://\*\*\*@x:\*\*\*'"),
            ("HTTPS_PROXY", "http://me:hush-hush/x@y@x:port", r"HTTPS_PROXY is 'http://\*\*\*@x:\*\*\*'"),
            ("HTTPS_PROXY", "http://me:hush-hush", r"HTTPS_PROXY is 'http://me:\*\*\*'"),
            ("HTTPS_PROXY", "me:hush-hush", r"HTTPS_PROXY is 'me:\*\*\*'"),
            ("HTTPS_PROXY", "htp://me:hush-hush@x", r"HTTPS_PROXY is 'htp://\*\*\*@x'"),
            ("NO_PROXY", "10.0.0.0/99", "NO_PROXY is '10.0.0.0/99', but that is no range of addresses"),
            ("SSL_CERT_FILE", "/no/such.pem", "SSL_CERT_FILE is '/no/such.pem', but there is no such file"),
            ("SSL_CERT_FILE", "/", "SSL_CERT_FILE is '/', but there is no such file"),
            ("SSL_CERT_DIR", "/no/such", "SSL_CERT_DIR is '/no/such', but there is no such folder"),
        ],
    )
    def test_what_cannot_work(self, clients, server, monkeypatch, variable, value, sentence):
        monkeypatch.setenv(variable, value)
        with pytest.raises(InvalidRequest, match=sentence) as caught:
            clients(max_credits=10).submit(VEO)
        assert ([], variable, False) == (
            server.requests,
            caught.value.violations[0].field,
            PASSWORD in repr(caught.value) + str(caught.value),
        )

    def test_a_file_without_a_certificate(self, clients, server, monkeypatch, tmp_path):
        (tmp_path / "empty.pem").write_text("no certificate")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
        with pytest.raises(InvalidRequest, match=r"SSL_CERT_FILE is .*empty\.pem', but has no certificate"):
            clients().submit(VEO)
        assert [] == server.requests

    def test_what_nothing_uses_is_no_concern(self, httpx_clients, server, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", "htp://x")
        httpx_clients(http_client=httpx_clients.http(trust_env=False)).submit(VEO)
        monkeypatch.setenv("NO_PROXY", "*")
        httpx_clients().submit(VEO)
        assert 2 == len(server.requests)


class TestCertificates:
    """A private authority is trusted where the environment says so, and nowhere else."""

    def test_of_a_file(self, scripted_clients, service, trusted):
        scripted_clients(base_url=service.url).submit(VEO)
        assert 1 == len(service.seen)

    @pytest.mark.skipif(not which("openssl"), reason="needs openssl")
    def test_of_a_folder(self, scripted_clients, service, monkeypatch, tmp_path):
        """Its files are named by what they hold, as OpenSSL looks for them."""
        authority = write_authority(tmp_path / "authority.pem")
        command = ["openssl", "x509", "-noout", "-hash", "-in", authority]
        name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        authority.rename(tmp_path / f"{name}.0")
        monkeypatch.setenv("SSL_CERT_DIR", f"/no/such:{tmp_path}")
        scripted_clients(base_url=service.url).submit(VEO)
        assert 1 == len(service.seen)

    def test_others_are_not_trusted(self, scripted_clients, service):
        with pytest.raises(ConnectionFailed, match=rf"cannot connect to 127\.0\.0\.1:{service.port}: .*certificate"):
            scripted_clients(base_url=service.url).submit(VEO)
        assert [] == service.seen
