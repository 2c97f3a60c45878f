"""Addresses that are never called, as text and as numbers."""

from __future__ import annotations

import pytest

from events.addresses import Policy, Target, is_outside, read, refuse_inner
from events.errors import AddressRefused

STRICT = Policy()

BAD = r"""
http://shop.example.com/
ftp://shop.example.com/
file:///etc/passwd
gopher://shop.example.com/
javascript:alert(1)
//shop.example.com/
shop.example.com
https:shop.example.com
https:///path
https://
https://:443/
https://shop
https://shop/
https://localhost/
https://localhost:443/
https://LOCALHOST/
https://localhost./
https://localhost.localdomain/
https://a.localhost/
https://printer.local/
https://metadata.google.internal/
https://db.internal/
https://wiki.corp/
https://router.lan/
https://nas.home/
https://x.intranet/
https://1.0.0.127.in-addr.arpa/
https://127.0.0.1/
https://127.0.0.1:443/
https://127.1/
https://127.0.1/
https://0/
https://0.0.0.0/
https://0177.0.0.1/
https://0x7f.0.0.1/
https://0x7f000001/
https://2130706433/
https://017700000001/
https://127.0.0.1./
https://10.0.0.1/
https://10.255.255.255/
https://172.16.0.1/
https://172.31.255.254/
https://192.168.0.1/
https://192.168.1.1:443/
https://169.254.169.254/latest/meta-data/
https://169.254.169.254.
https://100.64.0.1/
https://198.18.0.1/
https://224.0.0.1/
https://255.255.255.255/
https://8.8.8.8/
https://1.1.1.1/
https://[::1]/
https://[::]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[0:0:0:0:0:ffff:127.0.0.1]/
https://[fc00::1]/
https://[fd00::1]/
https://[fe80::1]/
https://[fe80::1%25eth0]/
https://[64:ff9b::7f00:1]/
https://[2002:7f00:1::]/
https://[2001:4860:4860::8888]/
https://[::127.0.0.1]/
https://[ff02::1]/
https://[::1
https://::1/
https://user@shop.example.com/
https://user:pass@shop.example.com/
https://shop.example.com@127.0.0.1/
https://127.0.0.1@shop.example.com/
https://shop.example.com:80@127.0.0.1/
https://@shop.example.com/
https://shop.example.com%40127.0.0.1/
https://shop.example.com#@127.0.0.1/
https://shop.example.com/#
https://shop.example.com/#fragment
https://shop.example.com\\@127.0.0.1/
https:\\\\shop.example.com/
https://shop.example.com\\.evil/
https://shop.example.com:80/
https://shop.example.com:22/
https://shop.example.com:25/
https://shop.example.com:8443/
https://shop.example.com:0/
https://shop.example.com:65536/
https://shop.example.com:-1/
https://shop.example.com:443443/
https://shop.example.com:44a/
https://shop.example.com: 443/
https://shop .example.com/
 https://shop.example.com/
https://shop.example.com/ x
https://shop.example.com/\tx
https://shop.example.com/\nx
https://shop.example.com/\r\nHost: 127.0.0.1
https://shop.example.com\x00/
https://shop.example.com/\x7f
https://sh\u00f6p.example.com/
https://\uff11\uff12\uff17.0.0.1/
https://\u2460\u2461\u2466.0.0.1/
https://\u24d4xample.com/
https://example\u3002com/
https://exa\u200bmple.com/
https://%6c%6f%63%61%6c%68%6f%73%74/
https://127.0.0.1%2f@shop.example.com/
https://-shop.example.com/
https://shop-.example.com/
https://shop..example.com/
https://.example.com/
https://shop.example.com./
https://shop.example.c/
https://shop.example.1com/
https://shop.example.0x7f/
https://shop.example.com-/
https://*.example.com/
https://sh*p.example.com/
https://shop!.example.com/
https://shop,example.com/
https://$host.example.com/
https://{host}.example.com/
https://shop.example.com;evil/
https://shop.example.com|evil/
https://[shop.example.com]/
https://[v1.x]/
https://0x7f.1/
https://0x7f.0x0.0x0.0x1/
https://00000177.0.0.1/
https://3232235777/
https://0xc0a80101/
https://127.000.000.001/
https://1.2.3.4.5/
HTTPS:/shop.example.com
https//shop.example.com
data:text/plain,hello
ws://shop.example.com/
unix:///var/run/docker.sock
dict://127.0.0.1:11211/stats
ldap://127.0.0.1/
https://shop.example.com?@127.0.0.1:22/#x
"""

BAD_URLS = [line.encode().decode("unicode_escape") for line in BAD.strip("\n").split("\n")]
BAD_URLS += ["", "https://" + "a" * 64 + ".example.com/", "https://shop.example.com/" + "a" * 500]

_INNER = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1
192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::1 100::1 2001::1 2001:db8::1 2001:10::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1
fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 localhost 127.1 x
"""
INNER = _INNER.split()

OUTER = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "2606:4700::1111"]


def test_the_table_is_long_enough() -> None:
    assert len(set(BAD_URLS)) >= 120


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_never_called(url: str) -> None:
    with pytest.raises(AddressRefused):
        read(url, policy=STRICT)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://shop.example.com", Target("shop.example.com", 443, "/")),
        ("https://shop.example.com/", Target("shop.example.com", 443, "/")),
        ("https://shop.example.com:443/a?b=c&d", Target("shop.example.com", 443, "/a?b=c&d")),
        ("HTTPS://Shop.Example.COM/A", Target("shop.example.com", 443, "/A")),
        ("https://xn--shp-sna.example.com/", Target("xn--shp-sna.example.com", 443, "/")),
        ("https://a_b.example.co.uk/@x", Target("a_b.example.co.uk", 443, "/@x")),
        ("https://1.example.com/%2e%2e", Target("1.example.com", 443, "/%2e%2e")),
    ],
)
def test_what_is(url: str, target: Target) -> None:
    assert read(url, policy=STRICT) == target


def test_other_ports_by_policy() -> None:
    policy = Policy(ports=frozenset({443, 8443}))

    assert read("https://shop.example.com:8443/", policy=policy).port == 8443


@pytest.mark.parametrize("address", INNER)
def test_addresses_inside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", OUTER)
def test_addresses_outside(address: str) -> None:
    assert is_outside(address)


def test_one_bad_address_is_enough() -> None:
    target = read("https://shop.example.com/", policy=STRICT)

    assert refuse_inner(["8.8.8.8"], policy=STRICT, target=target) == ["8.8.8.8"]
    for found in ([], ["8.8.8.8", "10.0.0.1"], ["::1"]):
        with pytest.raises(AddressRefused):
            refuse_inner(found, policy=STRICT, target=target)


class TestTrials:
    policy = Policy(local=True)

    def test_this_machine_and_no_other(self) -> None:
        target = read("http://127.0.0.1:9000/hook", policy=self.policy)

        assert target == Target("127.0.0.1", 9000, "/hook", secure=False)
        assert refuse_inner(["127.0.0.1"], policy=self.policy, target=target) == ["127.0.0.1"]

    @pytest.mark.parametrize(
        "url",
        ["http://10.0.0.1/", "https://127.0.0.2/", "http://shop.example.com/", "ftp://127.0.0.1/"],
    )
    def test_all_else_is_judged_as_ever(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            read(url, policy=self.policy)

    def test_a_name_does_not_become_this_machine(self) -> None:
        target = read("https://shop.example.com/", policy=self.policy)

        with pytest.raises(AddressRefused):
            refuse_inner(["127.0.0.1"], policy=self.policy, target=target)
