# SPDX-License-Identifier: ISC
# Services for tests: started, asked, and ended with the test that started them.

# serve [OPTION...] -- FILTER...: at the socket file `socket`, with metrics at `metrics`,
# messages in `log`.
serve() {
	souk-serve -l unix:socket --metrics unix:metrics "$@" 2>log 3>&- &
	SERVE=$!
	await_socket metrics
	# The file may be one that was left; when it is taken up all addresses are open.
	socat -u OPEN:/dev/null UNIX-CONNECT:metrics,retry=600,interval=0.05 || fail "$(cat log)"
}

await_socket() {
	for _ in {1..600}; do
		[ -S "$1" ] && return
		sleep 0.05
	done
	fail "no socket $1: $(cat log)"
}

# A port that no other test has, nobody listens at, and the system gives to no connection.
free_port() {
	local port=$((12000 + $$ % 20000))
	until mkdir "$BATS_RUN_TMPDIR/port-$port" 2>/dev/null && ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}

# Sends the standard input and gives the answers.
ask() {
	socat -t 60 - "UNIX-CONNECT:${1:-socket},retry=50,interval=0.1"
}

# send_on RECORD: one after the other until there is a file `enough`, with its number for each
# @; they are in `sent`, their answers in `out`.
send_on() {
	local i=0
	while [ ! -e enough ]; do
		i=$((i + 1))
		printf '%s\n' "${1//@/$i}"
		sleep 0.01
	done | tee sent | ask >out
}

# Waits until the last answer in `out` has that text.
await_answer() {
	for _ in {1..600}; do
		tail -n 1 out 2>/dev/null | grep -qF -- "$1" && return
		sleep 0.05
	done
	fail "no answer has $1: $(tail -n 1 out; cat log)"
}

metric() {
	curl -s --unix-socket metrics http://souk/metrics | sed -n "s/^souk_serve_$1 //p"
}

# Ends it, and gives how it ended.
end_serve() {
	local state=0
	kill -"${1:-TERM}" "$SERVE"
	wait "$SERVE" || state=$?
	SERVE=
	return "$state"
}

# certify NAME [CA [SUBJECT]]: NAME.pem and NAME.key, by that authority, for DNS:localhost or SUBJECT.
certify() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
		-addext "subjectAltName=${3:-DNS:localhost}" -keyout "$1.key" -out "$1.pem" -x509 -days 2 \
		${2:+-CA "$2.pem" -CAkey "$2.key"} 2>/dev/null
}

serve_teardown() {
	[ -z "${SERVE:-}" ] || kill -9 "$SERVE" 2>/dev/null || true
}
