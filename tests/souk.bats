#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk: the dispatcher, pipeline files, running and checking them, the crash button.

# shellcheck disable=SC2016 # $ in single quotes is for the pipeline files and stages
# shellcheck disable=SC2154 # stderr and stderr_lines are set by run

load helper
bats_require_minimum_version 1.5.0

prepare() {
	mkdir -p own
	PATH="$PATH:$PWD/own"
}

# pipeline FILE: a pipeline file with what stands on stdin.
pipeline() {
	{
		echo '#!/usr/bin/env -S souk run'
		cat
	} >"$1"
	chmod +x "$1"
}

# stage NAME: a user's own stage souk-NAME, a program in sh from stdin.
stage() {
	{
		echo '#!/bin/sh'
		cat
	} >"own/souk-$1"
	chmod +x "own/souk-$1"
}

# refused TEXT LINE:COLUMN MESSAGE: TEXT as a pipeline file is refused there.
refused() {
	printf '#!/usr/bin/env -S souk run\n%b' "$1" >bad
	run --separate-stderr souk run bad
	assert_equal "$status" 2
	[[ $stderr == "souk: bad:$2: "*"$3"* ]] || fail "got: $stderr"
}

# ---- Commands ----

@test "souk NAME is souk-NAME, with its options untouched" {
	run souk stock --version
	assert_success
	assert_output --partial 'souk-stock 0.'
	run -0 souk stock receive --now 2010-12-01T08:26:00Z <<<'{"id":"r","sku":"a","qty":1}'
	assert_output '{"id":"r","sku":"a","qty":1,"stock":{"qty":1,"on_hand":1}}'
	run -1 souk stock level -ev <<<'{"sku":"b"}'
	assert_line --index 0 --partial 'souk-stock: line 1: '
}

@test "a user's own command joins in, and gets its arguments as they are" {
	stage gift <<<'printf "[%s]" "$@"'
	run souk gift --help 'a b' -- '*'
	assert_success
	assert_output '[--help][a b][--][*]'
}

@test "the exit state of a command is that of souk" {
	stage seven <<<'exit 7'
	run -7 souk seven
}

@test "commands beside the binary are found though they are not on PATH" {
	souk=$(command -v souk)
	run env PATH=/usr/bin:/bin "$souk" stock --version
	assert_success
	assert_output --partial souk-stock
}

@test "an unknown command, with what may have been meant" {
	run -2 souk stok
	assert_output 'souk: stok: no such command: did you mean stock? (see souk --help)'
	run -2 souk chekc
	assert_output --partial 'did you mean check?'
	run -2 souk qqqqqq
	assert_output --partial 'there is no souk-qqqqqq on PATH'
	run -2 souk
	assert_output --partial 'a command is needed'
	run -2 souk ../bin/souk-stock
	assert_output --partial 'no such command'
}

@test "list names ours with their summaries and the user's own" {
	stage gift <<<'cat >/dev/null; echo nonsense'
	run souk list
	assert_success
	assert_line --regexp '^stock +stock levels, and holds on them for orders$'
	assert_line "gift         ($PWD/own/souk-gift declares nothing)"
	run souk list -v
	assert_line --regexp '^  reserve +hold what an order wants'
}

@test "help: of a command without a page its --help, of ours what they have" {
	stage gift <<<'echo "help: $*"'
	run souk help gift
	assert_success
	assert_output 'help: --help'
	run souk help
	assert_success
	assert_line 'usage: souk COMMAND [ARG...]'
	run souk help stock
	assert_success
	assert_output --partial 'souk-stock'
	run -0 souk help stock reserve
	assert_output "$(souk-stock reserve --help)"
	run -0 souk help souk run
	run -2 souk help stock reserve now
	run -2 souk help run it
	run -2 souk help stok
	assert_output --partial 'did you mean stock?'
	run souk --version
	assert_output --regexp '^souk [0-9.]+ \(contract 1\)$'
}

# complete_words WORD...: what bash would complete the last one to.
complete_words() {
	bash -uc '
		_completion_loader() { . <("$1" --completion bash 2>/dev/null); }
		. <(souk --completion bash)
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_souk souk "${*: -1}" "${*: -2:1}"
		echo "${COMPREPLY[*]-}"' bash "$@"
}

@test "completion for fish: an option with its letter, and its choices" {
	run -0 souk --completion fish
	assert_line "complete -c souk -n '__fish_seen_subcommand_from run' -l progress -x -a 'auto always never' -d 'show how far the stages are (auto: where standard error is a terminal)'"
	assert_line --regexp "from run' -l kills -r -d "
	assert_line --regexp "from list' -s v -l verbs -d "
}

@test "completion: commands by their short names, then as they complete themselves" {
	stage stamp <<<'exit 1'
	run -0 complete_words souk sta
	assert_output stamp
	run -0 complete_words souk stock re
	assert_output 'receive release reserve restock'
	run -0 complete_words souk tax --rounding h
	assert_output 'half-up half-even'
	run -0 complete_words souk run --progress a
	assert_output 'auto always'
	run -0 complete_words souk stamp x
	assert_output ''
}

# ---- Pipeline files: what the shell makes of them, souk makes of them ----

@test "words, quotes, escapes, comments and joined lines as sh has them" {
	stage words <<<'cat; printf "[%s]" "$@"; echo'
	export WORD='two  words' EMPTY='' TAIL='a b'
	pipeline words <<-'E'
		# first a comment
		souk-words plain 'si"n$gle' "dou'ble \$ \" \\ \z" esc\ aped a'b'"c"\d '' "" \
			--opt=x=1 a#b | # a comment

		# and one between
		souk-words "$WORD" "${WORD}" $WORD x${TAIL}y $EMPTY "$EMPTY" "$UNSET_ONE" "con\
		tinued" \
		| souk-words last # and one at the end
	E
	run sh words
	expected=$output
	assert_output --partial "[si\"n\$gle][dou'ble \$ \" \\ \\z][esc aped][abcd][][][--opt=x=1][a#b]"
	assert_output --partial '[two  words][two  words][two][words][xa][by][][]'
	run souk run words
	assert_success
	assert_output "$expected"
	run ./words
	assert_output "$expected"
}

@test "all operands are what follows the pipeline file, word by word" {
	stage words <<<'printf "[%s]" "$@"; echo'
	pipeline p <<<'souk-words a "$@" b'
	run souk run p 'x y' '' '--progress' '*'
	assert_success
	assert_output '[a][x y][][--progress][*][b]'
	run ./p 'x y' '' '--progress' '*'
	assert_output '[a][x y][][--progress][*][b]'
	run souk run p
	assert_output '[a][b]'
}

@test "what would mean more to the shell is refused, with line and column" {
	refused 'cat; cat\n' 2:4 'no ; here'
	refused 'cat && cat\n' 2:5 'no & here'
	refused 'cat || cat\n' 2:5 'no || here'
	refused 'cat |& cat\n' 2:6 'no & here'
	refused 'cat &\n' 2:5 'no & here'
	refused 'cat |\n  cat >out\n' 3:7 'no redirection'
	refused 'cat <in\n' 2:5 'no redirection'
	refused 'cat $(ls)\n' 2:5 'this $ means too much'
	refused 'cat "a $(ls)"\n' 2:8 'this $ means too much'
	refused 'cat `ls`\n' 2:5 'no command substitution'
	refused 'cat "`ls`"\n' 2:6 'no command substitution'
	refused '(cat)\n' 2:1 'no subshell'
	refused 'cat *.json\n' 2:5 'no pattern'
	refused 'cat a?\n' 2:6 'no pattern'
	refused 'cat [a]\n' 2:5 'no pattern'
	refused 'cat {a,b}\n' 2:5 'no { or }'
	refused 'cat ~\n' 2:5 'no ~'
	refused 'A=1 cat\n' 2:1 'no assignment'
	refused 'if cat\n' 2:1 "shell's own language"
	refused '! cat\n' 2:1 "shell's own language"
	refused 'cat $1\n' 2:5 'this $ means too much'
	refused 'cat ${A:-b}\n' 2:5 'this $ means too much'
	refused 'cat x"$@"\n' 2:6 'must stand alone'
	refused "cat 'a\n" 2:5 'not closed'
	refused 'cat "a\n' 2:5 'not closed'
	refused 'cat\ncat\n' 3:1 'a second pipeline'
	refused 'cat |\n' 3:1 'no command'
	refused '| cat\n' 2:1 'no command'
	refused '# nothing\n' 3:1 'no command'
	refused 'cat\r\n' 2:4 'carriage return'
	PATTERN='*' refused 'cat $PATTERN\n' 2:5 'pattern'
}

@test "a file that is no pipeline file, that is not there, whose command is not there" {
	echo 'rm -rf /' >script
	run -2 souk run script
	assert_output --partial 'script:1:1: this is no pipeline file'
	run -2 souk run nowhere
	bin=$(dirname "$(command -v souk)")
	assert_output "souk: nowhere: no such pipeline file here, in $bin/../share/souk/pipelines or in $bin/../pipelines"
	run -1 souk check nowhere
	assert_output --partial 'nowhere: no such pipeline file here'
	run -2 souk run ./nowhere
	assert_output 'souk: ./nowhere: No such file or directory'
	pipeline p <<<'cat | souk-nowhere'
	run -2 souk run p
	assert_output 'souk: p:2: souk-nowhere: no such command on PATH'
	pipeline p <<<'./here'
	run -2 souk run p
	assert_output --partial 'there is no such file'
	touch here
	run -2 souk run p
	assert_output --partial 'is not executable'
	run -2 souk run
	assert_output --partial 'a pipeline file is needed'
}

@test "pipeline files within one another become one pipeline, from any folder, and so in sh" {
	stage add <<<'cat; echo "$@"'
	mkdir -p pipes/deep
	pipeline pipes/all <<<'"${0%/*}"/deep/one x | souk add last'
	pipeline pipes/deep/one <<<'souk-add first "$@" | ${0%/*}/two'
	pipeline pipes/deep/two <<<'souk-add second'
	expected=$'first x\nsecond\nlast'
	run souk run pipes/all </dev/null
	assert_output "$expected"
	run sh pipes/all </dev/null
	assert_output "$expected"
	cd pipes || return
	run souk run all </dev/null
	assert_output "$expected"
	run souk check -v all
	assert_line --partial '3 souk-add'
	assert_line 'all: 3 stages, good'
}

@test "a pipeline file that names itself" {
	pipeline p <<<'./p'
	run -2 souk run p
	assert_output --partial 'more than 16 deep'
}

# ---- How it ends ----

@test "the exit state is the worst, and each stage that failed is named" {
	for state in 0 1 2 3; do
		stage "exit$state" <<<"cat; exit $state"
	done
	pipeline p <<<'souk-exit0 | souk-exit1 | souk-exit2'
	run -2 souk run p </dev/null
	assert_line --index 0 'souk: stage 2 (souk-exit1) ended with exit state 1'
	assert_line --index 1 'souk: stage 3 (souk-exit2) ended with exit state 2'
	pipeline p <<<'souk-exit3 | souk-exit1'
	run -3 souk run p </dev/null
	pipeline p <<<'souk-exit1 | souk-exit0'
	run -1 souk run p </dev/null
	pipeline p <<<'souk-exit0 | cat'
	run -0 souk run p </dev/null
	assert_output ''
	pipeline p <<<'souk-stock reserve | cat'
	run -1 --separate-stderr souk run p <<<'{"id":'
	assert_equal "${stderr_lines[-1]}" \
		'souk: stage 1 (souk-stock reserve) ended with exit state 1: there were bad records'
}

@test "a stage killed by a signal is named, and those before it are not blamed" {
	stage dies <<<'read -r line; kill -9 $$'
	pipeline p <<<'souk-stock level | souk-dies | cat'
	yes '{"sku":"a"}' | head -n 200000 >in
	run -3 souk run p <in
	assert_output 'souk: stage 2 (souk-dies) ended by signal 9 (Killed)'
}

@test "a stage that dies ends the run even while the input is idle" {
	stage dies <<<'kill -9 $$'
	pipeline p <<<'souk-stock level | souk-dies'
	mkfifo idle
	sleep 20 >idle 3>&- &
	run -3 timeout 10 souk run p <idle
	kill $!
	assert_output 'souk: stage 2 (souk-dies) ended by signal 9 (Killed)'
}

@test "a stage that ends well but early is told of: the stream was cut" {
	pipeline p <<<'souk-stock level | head -n 1'
	yes '{"sku":"a"}' | head -n 200000 >in
	run -3 --separate-stderr souk run p <in
	[[ $stderr == 'souk: stage 1 (souk-stock level) was cut off: '* ]] || fail "$stderr"
}

@test "a stage that raises with records still to come has cut the stream, whatever its exit state" {
	cat >own/souk-raises <<-'E'
		#!/usr/bin/env python3
		import sys
		for number, line in enumerate(sys.stdin, 1):
		    if number == 100:
		        raise ValueError("the 100th")
		    print(line, end="")
	E
	chmod +x own/souk-raises
	pipeline p <<<'souk-stock level | souk-raises | cat'
	yes '{"sku":"a"}' | head -n 200000 >in
	run -3 --separate-stderr souk run p <in
	assert_equal "${#lines[@]}" 99
	assert_regex "$stderr" 'stage 1 \(souk-stock level\) was cut off: '
	assert_equal "${stderr_lines[-1]}" 'souk: stage 2 (souk-raises) ended with exit state 1'
}

# Five records, of which it answers two: all fits into the pipe, and nobody is cut off.
@test "a stage that ends with 1 and leaves records unanswered has lost them" {
	stage raises <<<'head -n 2; exit 1'
	stage refuses <<<'cat; exit 1'
	stage selects <<-'E'
		case $1 in --describe) echo '{"function":"selects","verb":"","summary":"s","kind":"map","effects":"none"}';
			exit ;; esac
		head -n 2
		exit 1
	E
	yes '{"sku":"a"}' | head -n 5 >in
	pipeline p <<<'souk-stock level | souk-raises | souk-stock level'
	run -3 --separate-stderr souk run p <in
	assert_equal "${#lines[@]}" 2
	assert_equal "$stderr" 'souk: stage 2 (souk-raises) ended with exit state 1: of 5 records it passed on 2'
	# It answered all; it makes other records; nobody counts what it wrote.
	for stages in 'souk-refuses | souk-stock level' 'souk-selects | souk-stock level' 'souk-raises | cat'; do
		pipeline p <<<"souk-stock level | $stages"
		run -1 --separate-stderr souk run p <in
		assert_regex "$stderr" '^souk: stage 2 \(souk-[a-z]+\) ended with exit state 1(: there were bad records)?$'
	done
	# What map reads is not what it writes.
	pipeline p <<<'souk-map "select(.sku == 1)" | souk-raises | souk-stock level'
	run -1 --separate-stderr souk run p <in
}

@test "a pipeline of ours by its bare name; a file here comes first" {
	run -0 souk check checkout
	assert_output --regexp '/pipelines/checkout: [0-9]+ stages, good$'
	run -0 souk run quote </dev/null
	run -2 souk run pipelines/checkout
	pipeline checkout <<<'cat'
	run -0 souk check checkout
	assert_output 'checkout: 1 stage, good'
}

@test "when nobody reads the output it ends by SIGPIPE, quietly" {
	pipeline p <<<'souk-stock level | cat'
	yes '{"sku":"a"}' | head -n 200000 >in
	bash -c 'souk run p <in 2>err | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}" >state'
	assert_equal "$(cat state)" 141
	assert_equal "$(cat err)" ''
}

@test "SIGTERM: the first stage finishes, what is under way comes out, exit 0" {
	stage slow <<<'while read -r line; do sleep 0.02; echo "$line"; done'
	pipeline p <<<'souk-stock level | souk-slow | cat'
	mkfifo in
	souk run p <in >out 3>&- &
	pid=$!
	exec 9>in
	for i in 1 2 3 4 5 6 7 8 9; do echo '{"sku":"a"}' >&9; done
	until [[ -s out ]]; do sleep 0.02; done
	kill -TERM "$pid"
	wait "$pid"
	assert_equal "$(lines out)" 9
	exec 9>&-
}

@test "no process is left behind, whether stopped by SIGINT or killed" {
	stage mark <<<'echo $$ >>pids; exec souk-stock level'
	pipeline p <<<'souk-mark | souk-mark | souk-mark'
	mkfifo in
	for signal in INT KILL; do
		: >pids
		# The shell lets background jobs ignore SIGINT.
		env --default-signal=INT souk run p <in >/dev/null 3>&- &
		pid=$!
		exec 9>in
		until [[ $(lines pids) == 3 ]]; do sleep 0.02; done
		kill -"$signal" "$pid"
		run wait "$pid"
		for i in {1..100}; do
			# shellcheck disable=SC2046
			kill -0 $(cat pids) 2>/dev/null || break
			sleep 0.02
		done
		while read -r stage; do run ! kill -0 "$stage"; done <pids
		exec 9>&-
	done
}

@test "pipes between stages hold a megabyte" {
	stage size <<<'python3 -c "import fcntl; print(fcntl.fcntl(0, 1032))"'
	pipeline p <<<'true | souk-size'
	run souk run p
	assert_output 1048576
}

# ---- Progress ----

@test "--progress always: records and failures of each stage, fits 80 columns" {
	souk-stock receive >/dev/null <<<'{"id":"r","sku":"a","qty":3}'
	for i in 1 2 3 4 5; do echo "{\"id\":\"o$i\",\"lines\":[{\"sku\":\"a\",\"qty\":1}]}"; done >in
	pipeline p <<<'souk-stock reserve | cat | souk-stock settle'
	run --separate-stderr souk run --progress always p <in
	assert_success
	[[ ${stderr_lines[1]} =~ ^\ *1\ souk-stock\ reserve\ +5\ +[0-9,]+\ +2$ ]] || fail "$stderr"
	[[ ${stderr_lines[2]} =~ ^\ *2\ cat\ +-\ +-\ +-$ ]] || fail "$stderr"
	[[ ${stderr_lines[3]} =~ ^\ *3\ souk-stock\ settle\ +5\ +[0-9,]+\ +0$ ]] || fail "$stderr"
	for line in "${stderr_lines[@]}"; do ((${#line} <= 80)) || fail "too wide: $line"; done
	run --separate-stderr souk run p <in
	assert_equal "$stderr" ''
}

@test "on a terminal it is drawn in place, messages stand above it" {
	stage slow <<<'echo a message >&2; while read -r line; do sleep 0.1; echo "$line"; done'
	pipeline p <<<'souk-stock level | souk-slow'
	for i in {1..8}; do echo '{"sku":"a"}'; done >in
	script -qec 'souk run p <in >out' screen >/dev/null
	assert_equal "$(lines out)" 8
	run cat -v screen
	assert_output --partial 'a message'
	assert_output --partial '^[[4A'
	assert_output --partial '100 % of the input read'
	script -qec 'souk run --progress never p <in >out' screen >/dev/null
	run cat -v screen
	refute_output --partial '^['
}

@test "the input may be a file that the first stage names" {
	stage reads <<<'while read -r line; do sleep 0.1; echo "$line"; done <"$1"'
	pipeline p <<<'souk-reads "$@"'
	for i in {1..8}; do echo '{"sku":"a"}'; done >in
	# Read by the line, as a terminal would give them.
	script -qec 'souk run p in </dev/null >out' screen >/dev/null
	run cat -v screen
	assert_output --regexp ', [1-9][0-9]* % of the input read'
}

@test "what a stage starts does not count as the stage" {
	stage wraps <<<'souk-stock level | cat'
	pipeline p <<<'souk-wraps'
	run --separate-stderr souk run --progress always p <<<'{"sku":"a"}'
	[[ ${stderr_lines[1]} =~ ^\ *1\ souk-wraps\ +-\ +-\ +-$ ]] || fail "$stderr"
}

# ---- Check ----

@test "check: verbs, options and operands as the command declares them" {
	pipeline p <<-'E'
		souk-stock reserv |
		souk-stock level --verbos |
		souk-stock level operand | souk-stock level --max-record |
		souk-stock | souk-stock list | souk-conform
	E
	run -1 souk check p
	assert_line 'p:2: stage 1 (souk-stock reserv): reserv: no such verb: did you mean reserve?'
	assert_line 'p:3: stage 2 (souk-stock level): no option --verbos: did you mean --verbose?'
	assert_line 'p:4: stage 3 (souk-stock level): operand: takes no operand'
	assert_line 'p:4: stage 4 (souk-stock level): --max-record wants a value'
	assert_line --partial 'stage 5 (souk-stock): a verb is needed: one of'
	assert_line --partial 'stage 6 (souk-stock list): it is a source'
	assert_line --partial 'stage 7 (souk-conform): it is no stage'
	assert_line 'p: 7 stages, 7 errors'
	pipeline p <<<'souk-stock level -ev --max-record=2000 --now 2010-12-01T08:26:00Z --'
	run -0 souk check p
	assert_output 'p: 1 stage, good'
}

@test "check: a member that nobody wrote, and who would" {
	pipeline p <<<'souk-catalog | souk-price | souk-total'
	run -1 souk check p
	assert_line 'p:2: stage 3 (souk-total): reads tax, and no stage before it writes it: souk-tax does (or --given tax)'
	run -0 souk check --given tax p
	pipeline p <<<'souk-catalog | souk-price | souk-tax | souk-total'
	run -0 souk check p
	assert_output 'p: 4 stages, good'
	pipeline p <<<"souk-map . | souk-price | souk-total"
	run -0 souk check p
	assert_line --partial 'warning: reads tax'
}

@test "check: open, hold, place, settle, in this order" {
	quote='souk-price | souk-tax | souk-total'
	pipeline p <<<"$quote | souk-order open | souk-stock reserve | souk-order place | souk-stock settle"
	run -0 souk check p
	pipeline p <<<"$quote | souk-stock reserve | souk-order open | souk-order place | souk-stock settle"
	run -1 souk check p
	assert_line --partial 'stage 4 (souk-stock reserve): has effects before souk-order open (stage 5)'
	pipeline p <<<"$quote | souk-order open | souk-stock reserve | souk-stock settle | souk-order place"
	run -1 souk check p
	assert_line --partial 'stage 6 (souk-stock settle): settles what is not yet decided'
	pipeline p <<<"$quote | souk-order place"
	run -1 souk check p
	assert_line --partial 'decides orders that nothing has stored'
	pipeline p <<<'souk-order list --open | souk-order open | souk-stock reserve | souk-order place | souk-stock settle'
	run -0 souk check p
}

@test "check runs no stage, lists them with -v, and tells a bad file with exit 1" {
	stage touch <<<'case $1 in --describe) exit 1;; esac; touch ran'
	pipeline p <<<'souk-stock level | souk-touch'
	run -0 souk check -v p
	assert_line --regexp '^ +1 souk-stock level +filter; reads sku; writes stock; effects: none$'
	assert_line --regexp '^ +2 souk-touch +declares nothing$'
	[[ ! -e ran ]]
	pipeline p <<<'cat; cat'
	run -1 souk check p
	assert_output --partial 'p:2:4: no ; here'
}

# ---- The crash button ----

# A checkout of stock alone: who holds what it wants is committed.
crash_pipelines() {
	stage decide <<<'exec jq --unbuffered -c "if .error or .order then . else .order={state:\"placed\"} end"'
	pipeline sell <<<'souk-stock reserve | souk-decide | souk-stock settle'
	pipeline recover <<<'souk-stock export'
	souk-stock receive >/dev/null <<<'{"id":"r","sku":"a","qty":3000}'
	for i in {1..4000}; do
		echo "{\"id\":\"o$i\",\"lines\":[{\"sku\":\"a\",\"qty\":1}]}"
	done >in
}

@test "--crash: kills as often as asked, and the output is that of one whole run" {
	crash_pipelines
	run --separate-stderr souk run --crash 7 --kills 5 sell <in
	assert_success
	assert_equal "${#lines[@]}" 4000
	assert_equal "$(printf '%s\n' "${lines[@]}" | jq -r .id | sort -u | wc -l | tr -d ' ')" 4000
	assert_equal "${stderr_lines[0]}" 'crash: seed 7, 5 kills among the 3 stages of sell'
	[[ ${stderr_lines[5]} =~ ^crash\ 5/5:\ killed\ souk-.*\ after\ [0-9.]+\ s(\ of\ that)?\;\ recovered\ [0-9]+\ open\ orders$ ]] ||
		fail "$stderr"
	[[ ${stderr_lines[6]} == 'crash: 5 kills in '*' s; the last run was left alone and went through' ]] ||
		fail "$stderr"
	run souk-stock level <<<'{"sku":"a"}'
	assert_output --partial '"on_hand":3000,"reserved":0,"committed":3000,"available":0'
}

@test "--crash: the same seed strikes alike; a pipe is as good an input as a file" {
	crash_pipelines
	souk run --crash 3 --kills 4 sell <in 2>first >out1
	souk run --crash 3 --kills 4 sell < <(cat in) 2>second >out2
	cmp out1 out2
	# Which run a later strike meets depends on how long they take.
	assert_equal "$(grep -o '1/4: killed.*after' first)" "$(grep -o '1/4: killed.*after' second)"
	assert_regex "$(cat first)" '4/4: killed'
}

@test "--crash: a stage that fails by itself is a finding, not a crash" {
	crash_pipelines
	stage decide <<<'echo the reason >&2; exit 5'
	run -3 --separate-stderr souk run --crash 3 --kills 1 sell <in
	assert_equal "$output" ''
	[[ $stderr == *'the reason'*'stage 2 (souk-decide) ended with exit state 5'* ]] || fail "$stderr"
	# On a slow machine the strike comes before the stage fails, which is then in the last run.
	[[ $stderr == *'failed that was not killed'* || $stderr == *'the last run was left alone and failed' ]] ||
		fail "$stderr"
}

@test "--crash wants a pipeline that recovers, and says where" {
	pipeline sell <<<'cat'
	run -2 souk run --crash 1 sell </dev/null
	assert_output --partial 'there is no pipeline file recover that recovers: name one with --recover'
	run -2 souk run --kills 2 sell
	assert_output --partial '--kills goes with --crash'
	pipeline again <<<'cat'
	run -0 souk run --crash 1 --kills 1 --recover again sell <<<'x'
	assert_line x
	# One that is installed, by its bare name, as PIPELINE itself may be.
	run -0 souk run --crash 1 --kills 1 --recover recover sell <<<'x'
	assert_line x
	run -2 souk run --crash 1 --recover nothing sell <<<'x'
	assert_output --partial 'nothing: no such pipeline file here, in '
}
