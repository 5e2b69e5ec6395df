# Sourced by ./cellblock and tests/run, which set $dir to the checkout. Installs what packages.txt names and is missing,
# fetches what package-lock.json pins, configures, builds. Standard output belongs to the program that comes after: all that is said goes to standard error.
dir=$(cd "$dir" && pwd -P) || exit 70

cb_say() {
    printf 'cellblock: %s\n' "$*" >&2
}

# cb_build_dir PRESET (CMakePresets.json)
cb_build_dir() {
    case $1 in release) echo "$dir/build" ;; *) echo "$dir/build-$1" ;; esac
}

# Two builds in one directory corrupt each other: the second one waits, and then finds the work done.
cb_lock() {
    mkdir -p "$(cb_build_dir "$1")" 2>/dev/null
    [ -w "$(cb_build_dir "$1")" ] || {
        cb_say "$dir is not built yet and you may not write to it"
        cb_say "what to do: run ./cellblock once as its owner"
        exit 5
    }
    if command -v flock >/dev/null; then
        exec 9>"$(cb_build_dir "$1")/.lock" || exit 70
        flock 9
    fi
}

cb_unlock() {
    exec 9>&-
}

cb_is_debian_12() {
    (. /etc/os-release && [ "$ID" = debian ] && [ "$VERSION_ID" = 12 ]) 2>/dev/null
}

# Lines "package evidence" of the given kinds.
cb_listed() {
    kinds=" $* "
    while read -r kind package evidence; do
        case $kind in '' | '#'*) continue ;; esac
        case $kinds in *" $kind "*) echo "$package $evidence" ;; esac
    done <"$dir/setup/packages.txt"
}

# Debian: those of the listed packages that are not installed.
cb_missing_packages() {
    wanted=$(cb_listed "$@" | cut -d' ' -f1)
    have=$(dpkg-query -W -f '${db:Status-Abbrev}|${Package}\n' $wanted 2>/dev/null | sed -n 's/^.i *|//p')
    for package in $wanted; do
        printf '%s\n' "$have" | grep -qxF -e "$package" || echo "$package"
    done
}

cb_apt() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null >&2
    else
        sudo env DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null >&2
    fi
}

cb_install() {
    missing=$(cb_missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        cb_say "these Debian packages are missing: $missing"
        cb_say "what to do: as root, apt-get install $missing"
        return 5
    fi
    cb_say "installing from Debian: $missing"
    # The index may be absent (a fresh container) or name versions that are gone.
    cb_apt install -qq -y --no-install-recommends $missing ||
        { cb_apt update -qq && cb_apt install -qq -y --no-install-recommends $missing; } || {
        cb_say "these packages could not be installed: $missing"
        cb_say "what to do: see apt-get's message above, then start again"
        return 5
    }
}

# Other distributions name packages as they like: look for what the packages bring.
cb_found() {
    case $1 in
    c:*) command -v "${1#c:}" >/dev/null ;;
    p:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#p:}" ;;
    m:*) /usr/bin/python3 -I -c "import importlib.util, sys; sys.exit(not importlib.util.find_spec('${1#m:}'))" \
        2>/dev/null ;;
    esac
}

cb_look() {
    absent=$(cb_listed "$@" | while read -r package evidence; do
        cb_found "$evidence" || echo "  $package  ($(cb_brings "$evidence"))"
    done)
    [ -n "$absent" ] || return 0
    cb_say "this is not Debian 12, so nothing is installed for you. Missing, by their names in Debian:"
    printf '%s\n' "$absent" >&2
    cb_say "what to do: install what your distribution has for them, then start again"
    return 5
}

cb_brings() {
    case $1 in
    c:*) echo "the program ${1#c:}" ;;
    p:*) echo "headers, as pkg-config's module ${1#p:}" ;;
    m:*) echo "the Python module ${1#m:} for /usr/bin/python3" ;;
    esac
}

# cb_packages KIND...: install what is missing, or say what is.
cb_packages() {
    if cb_is_debian_12; then cb_install "$@"; else cb_look "$@"; fi
}

# C sources that Debian has no package of: those of setup/package-lock.json, by their checksums, into build/sources/. The
# network is used once, and again when the lock file changes. Scripts of the packages are not run.
cb_fetch() {
    sources=$dir/build/sources
    cmp -s "$dir/setup/package-lock.json" "$sources/package-lock.json" && return 0
    command -v npm >/dev/null || cb_packages fetch || return
    mkdir -p "$dir/build" && fresh=$(mktemp -d "$dir/build/sources.XXXXXX") || return 70
    cp "$dir/setup/package.json" "$dir/setup/package-lock.json" "$fresh" || return 70
    cb_say "fetching sources with npm (once): $(cb_fetched | tr '\n' ' ')"
    (cd "$fresh" && npm ci --ignore-scripts --omit=dev --omit=optional --omit=peer --no-audit --no-fund \
        --loglevel=error) </dev/null >&2 || {
        rm -rf "$fresh"
        cb_say "the sources could not be fetched"
        cb_say "what to do: see npm's message above; with a registry of your own, name it in ~/.npmrc; then start again"
        return 5
    }
    # Two at once: both are the same.
    rm -rf "$sources"
    mv -T "$fresh" "$sources" 2>/dev/null || rm -rf "$fresh"
}

cb_fetched() {
    sed -n '/"dependencies"/,/}/s/^ *"\([^"]*\)": "\([0-9][^"]*\)".*/\1 \2/p' "$dir/setup/package.json"
}

# cb_build PRESET [TARGET...]: under the lock; without targets everything, tests included. The stamp is as old as the beginning: an edit during the build counts.
cb_build() {
    preset=$1 build=$(cb_build_dir "$1")
    shift
    log=$build/build.log
    touch "$build/.stamp.new" || return 70
    cb_fetch || return
    [ -e "$build/bin/cellblock" ] || cb_say "building in $build (once, about a minute)"
    (
        cd "$dir" || exit
        # A checkout that was moved or copied brings a cache of another place along.
        grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$dir" "$build/CMakeCache.txt" 2>/dev/null && fresh= || fresh=--fresh
        tests=OFF
        if [ $# = 0 ] || grep -qx 'CB_TESTS:BOOL=ON' "$build/CMakeCache.txt" 2>/dev/null; then tests=ON; fi
        if [ -n "$fresh" ] || [ ! -e "$build/build.ninja" ] ||
            ! grep -qx "CB_TESTS:BOOL=$tests" "$build/CMakeCache.txt"; then
            cmake --preset "$preset" $fresh -DCB_TESTS=$tests || exit
        fi
        ninja -C "$build" "$@"
    ) </dev/null >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        cb_say "the build failed; all of it is in $log"
        return 70
    }
    mv "$build/.stamp.new" "$build/.stamp"
}
