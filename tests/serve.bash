# SPDX-License-Identifier: ISC
# Services for tests: started, asked, and ended with the test that started them.

# serve [OPTION...] -- FILTER...: at the socket file `socket`, with metrics at `metrics`,
# messages in `log`.
serve() {
	souk-serve -l unix:socket --metrics unix:metrics "$@" 2>log 3>&- &
	SERVE=$!
	await_socket socket
	await_socket metrics
}

await_socket() {
	for _ in {1..200}; do
		[ -S "$1" ] && return
		sleep 0.05
	done
	fail "no socket $1: $(cat log)"
}

# Sends the standard input and gives the answers.
ask() {
	socat -t 60 - "UNIX-CONNECT:${1:-socket},retry=50,interval=0.1"
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
