#!/bin/sh
# Installs what the tests need and their real parts from Debian's packages, when this user may (root, or sudo that asks
# nothing); otherwise says what is missing. With HUB_TEST_REQUIRE_PARTS=1 a missing part is an error.
set -u
need=""
want() { command -v "$1" >/dev/null 2>&1 || need="$need $2"; }
want make "make"
"${PYTHON:-python3}" -c 'import ensurepip, sqlite3, ssl' >/dev/null 2>&1 || need="$need python3 python3-venv"
want php "php-cli"
php -m 2>/dev/null | grep -qx soap || need="$need php-soap"
want node "nodejs"
want npm "npm"
want mcs "mono-devel"
want javac "default-jdk-headless"
want wsimport "jaxws"
[ -e /usr/share/java/axis.jar ] || need="$need libaxis-java"
ruby -e 'require "nokogiri"' >/dev/null 2>&1 || need="$need ruby ruby-nokogiri"
want chromium "chromium"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need="$need postgresql"
want softhsm2-util "softhsm2"
want xmlsec1 "xmlsec1"
want openssl "openssl"
want unzip "unzip"
want curl "curl"
want bash "bash"
want zsh "zsh"
[ -z "$need" ] && exit 0

as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
apt() {
    # another apt-get may be at work, as it is on a machine that has just been made; a mirror may fail for a moment
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@"
}
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
    echo "Installing for the tests:$need"
    log=$(mktemp)
    for pause in 0 10 30; do
        sleep "$pause"
        # shellcheck disable=SC2086
        { apt update && apt install -y --no-install-recommends $need; } >"$log" 2>&1 && rm "$log" && exit 0
    done
    tail -n 5 "$log"
    left=""
    for one in $need; do # what can be had, although another cannot
        apt install -y --no-install-recommends "$one" >"$log" 2>&1 || left="$left $one"
    done
    rm "$log"
    need=$left
    [ -z "$need" ] && exit 0
fi
echo "Not installed, so the tests that need them are skipped:$need"
echo "(on Debian: sudo apt-get install$need)"
[ "${HUB_TEST_REQUIRE_PARTS:-0}" = 1 ] && exit 1
exit 0
