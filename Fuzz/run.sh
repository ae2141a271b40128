#!/usr/bin/env bash
# run.sh decode|execute|restore SECONDS: builds one fuzzer and runs it; corpus, log and what it finds stay in Fuzz/work.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?decode, execute or restore} seconds=${2:?how long}
case $target in
decode) product=FuzzDecode length=8192 ;;
execute) product=FuzzExecute length=1500 ;;
restore) product=FuzzRestore length=16384 ;;
*) echo "no such fuzzer: $target" >&2; exit 2 ;;
esac
FUZZ=$target swift build -c release --scratch-path ".build-$target" --product $product
mkdir -p "work/$target"
if [ -z "$(ls -A "work/$target")" ]; then
    case $target in
    decode) ./seeds.sh work/decode ;;
    execute)
        for count in $(seq 60 20 1200); do head -c "$count" /dev/urandom > "work/execute/random-$count"; done ;;
    restore)
        swift build -c release --product FuzzTool
        .build/release/FuzzTool snapshots work/restore ;;
    esac
fi
export ASAN_OPTIONS=malloc_context_size=3
nice -n 19 ".build-$target/release/$product" -max_total_time="$seconds" -max_len=$length -rss_limit_mb=2500 \
    -timeout=20 -artifact_prefix="work/found-$target-" "work/$target" 2>&1 | tee "work/$target.log"
