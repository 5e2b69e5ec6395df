#!/bin/sh
# fuzz.sh BUILD-DIR [SECONDS]: build fuzz-analyze with clang, AddressSanitizer and UBSan below BUILD-DIR, and run it
# on the seeds of the cases. Part of the tests' long mode (CELLBLOCK_LONG=1), else skipped; with SECONDS it always runs.
here=$(cd "$(dirname "$0")" && pwd -P) || exit 70
project=$(dirname "$(dirname "$here")")
dir=$1/fuzz
[ -n "$CELLBLOCK_LONG$2" ] || { echo 'left out: long mode only'; exit 77; }
command -v clang >/dev/null || { echo 'left out: clang is not installed'; exit 77; }
set -e
cmake -S "$project" -B "$dir" -G Ninja -DCMAKE_C_COMPILER=clang -DCB_FUZZ=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_FLAGS=-Wno-error=unknown-attributes \
    -DCB_SANITIZE=address,undefined,fuzzer-no-link -DCB_SOURCES_DIR="$1/sources" >/dev/null
ninja -C "$dir" fuzz-analyze >"$dir/build.log" 2>&1 || { tail -40 "$dir/build.log"; exit 1; }
/usr/bin/python3 "$here/fuzz_seeds.py" "$dir/seeds"
mkdir -p "$dir/found" "$dir/crashes"
exec "$dir/tests/fuzz-analyze" -max_total_time="${2:-60}" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -dict="$here/fuzz.dict" -artifact_prefix="$dir/crashes/" "$dir/found" "$dir/seeds"
