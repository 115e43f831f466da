#!/usr/bin/env bash
# The quick tests on newer Pythons, each in an environment of its own, build/pythons/VERSION/env.
# A Python is PATH's or, for root on Debian, that of the next release that has it: in a folder made by debootstrap, where
# this project is mounted under the path that it has here, and nothing else of this machine.
# Usage: tools/test_pythons.sh LOCK VERSIONS PYTEST-ARGUMENT...   VERSIONS: "3.12 3.14" for these, "" for all that can be had
set -euo pipefail
lock=$1 versions=$2
shift 2
declare -A RELEASES=([3.13]=trixie [3.14]=forky)
PACKAGES=python3,python3-venv,ca-certificates

enter() { # the folder of a release, then the command
    unshare --mount bash -euc '
        root=$0
        mkdir -p "$root$PWD"
        mount --bind "$PWD" "$root$PWD"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
        cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
        exec chroot "$root" env --chdir="$PWD" "$@"' "$@"
}

make_root() { # the folder, then the release
    [ -e "$1/.made" ] && return
    command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -yqq --no-install-recommends debootstrap; }
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    rm -rf "$1" && mkdir -p "$1"
    # The script of sid fits every newer release, and an old debootstrap has none of theirs.
    debootstrap --variant=minbase --include=$PACKAGES "$2" "$1" "$mirror" sid >"$1.log" || { tail "$1.log" >&2; return 1; }
    touch "$1/.made"
}

tested=()
for version in ${versions:-3.12 3.13 3.14}; do
    place=$PWD/build/pythons/$version
    if "python$version" -c '' 2>/dev/null; then # pyenv has a name on PATH for what it does not run
        within=() python=python$version
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ "${RELEASES[$version]:-}" ]; then
        make_root "$place/${RELEASES[$version]}" "${RELEASES[$version]}"
        within=(enter "$place/${RELEASES[$version]}") python=python3
    else
        echo "no Python $version on PATH, nor (for root on Debian alone) in its next releases" >&2
        [ -z "$versions" ] && continue
        exit 2
    fi
    env=$place/env
    if ! [ "$env/.made" -nt "$lock" ] || ! [ "$env/.made" -nt pyproject.toml ]; then
        rm -rf "$env" && mkdir -p "$place"
        "${within[@]}" "$python" -m venv "$env"
        "${within[@]}" "$env/bin/python" -m pip --quiet --disable-pip-version-check install --requirement "$lock"
        "${within[@]}" "$env/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps --no-build-isolation --editable .
        touch "$env/.made"
    fi
    "${within[@]}" "$env/bin/python" --version
    "${within[@]}" "$env/bin/python" -m pytest "$@"
    tested+=("$version")
done
[ ${#tested[@]} -gt 0 ] || { echo "no Python newer than 3.11 can be had here" >&2; exit 2; }
echo "tested: ${tested[*]}"
