#!/usr/bin/env bash
# The wheel, in an empty environment without the sources: bare first, then with the mock and the demo.
# Usage: tools/test_wheel.sh PYTHON LOCK WHEEL
set -euo pipefail
here=$PWD
python=$1 lock=$here/$2 wheel=$here/$3
place=$(mktemp -d)
trap 'kill ${MOCK_PID:-} 2>/dev/null; rm -rf "$place"' EXIT
cd "$place"
export GPTIMAGE2_JOURNAL=$place/journal.db

"$python" -m venv env
bin=$place/env/bin
install() { "$bin/python" -m pip --quiet --disable-pip-version-check install --constraint "$lock" "$@"; }
expect() { # the exit code, then the command
    local code=0
    "${@:2}" >out 2>err || code=$?
    [ "$code" = "$1" ] || { echo "exit $code instead of $1: ${*:2}"; cat out err; exit 1; }
}

install "$wheel"
expect 0 "$bin/gptimage2-video" --version
expect 0 "$bin/gptimage2-video" models
expect 0 "$bin/gptimage2-video" models --schema
expect 0 "$bin/gptimage2-video" quote "A cup" --model veo3
expect 2 "$bin/gptimage2-video" mock
grep -q "pip install 'gptimage2-video\[mock\]'" err
expect 2 "$bin/gptimage2-video" demo
expect 2 "$bin/gptimage2-video" contract
grep -q "pip install 'gptimage2-video\[contract\]'" err
expect 2 "$bin/gptimage2-video" batch status .
grep -q "pip install 'gptimage2-video\[batch\]'" err
expect 0 "$bin/gptimage2-video" tasks

install "gptimage2-video[contract] @ file://$wheel"
GPTIMAGE2_API_KEY=none expect 4 "$bin/gptimage2-video" contract --base-url http://127.0.0.1:9 --report report
grep -q 'were not run' out

install "gptimage2-video[mock] @ file://$wheel"
"$bin/gptimage2-video" demo --out videos
"$bin/python" - videos/*.mp4 <<'PYTHON'
import sys

import av

for path in sys.argv[1:]:
    with av.open(path) as video:
        frames = sum(1 for _ in video.decode(video=0))
        print(f"{path}: {video.duration / av.time_base:g} s, {frames} frames, {video.streams.video[0].codec.name}")
assert len(sys.argv) == 3, "the demo leaves two videos"
PYTHON

install "gptimage2-video[batch] @ file://$wheel"
printf '{"prompt": "A cup", "model": "veo3_lite"}\n{"prompt": "A boat", "model": "pika/2-5"}\n' >shots.jsonl
printf '[{"id": "pika/2-5", "modes": ["text_to_video"]}]' >models.json
export GPTIMAGE2_MODELS=$place/models.json
coproc MOCK { exec "$bin/gptimage2-video" mock --port 0 --speed 120 --models models.json; }
read -r _ _ url <&"${MOCK[0]}"
GPTIMAGE2_API_KEY=test-key expect 0 "$bin/gptimage2-video" batch run shots.jsonl --out batch --base-url "$url" --poll-interval 0.1
kill "$MOCK_PID"
grep -q '2 saved' out

"$bin/python" -c "import gptimage2_video, sys; sys.exit('$place' not in gptimage2_video.__file__)"
