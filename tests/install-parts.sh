#!/bin/sh
# Installs the real parts that the tests talk to, from Debian's packages, when this user may; otherwise says what is
# missing. With HUB_TEST_REQUIRE_PARTS=1 a missing part is an error.
set -u
need=""
want() { command -v "$1" >/dev/null 2>&1 || need="$need $2"; }
want php "php-cli"
php -m 2>/dev/null | grep -qx soap || need="$need php-soap"
want node "nodejs"
want npm "npm"
want mcs "mono-devel"
want javac "default-jdk-headless"
want wsimport "jaxws"
[ -e /usr/share/java/axis.jar ] || need="$need libaxis-java"
want ruby "ruby ruby-nokogiri"
want chromium "chromium"
want chromedriver "chromium-driver"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need="$need postgresql"
want softhsm2-util "softhsm2"
want xmlsec1 "xmlsec1"
want openssl "openssl"
want unzip "unzip"
want curl "curl"
want bash "bash"
want zsh "zsh"
[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$need"
    apt-get update -qq >/dev/null 2>&1
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null 2>&1 && exit 0
fi
echo "Not installed, so the tests that need them are skipped:$need"
echo "(on Debian: sudo apt-get install$need)"
[ "${HUB_TEST_REQUIRE_PARTS:-0}" = 1 ] && exit 1
exit 0
