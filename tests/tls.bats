#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-call and souk-serve by TLS, each with a certificate: who is who, and that all goes
# through as it does without.

bats_require_minimum_version 1.5.0
load helper
load serve.bash

prepare() {
	certify ca
	certify server ca
	certify client ca
}

teardown() {
	serve_teardown
	[ -z "${OTHER:-}" ] || kill "$OTHER" 2>/dev/null || true
}

orders() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
		printf "{\"id\":\"o%d\",\"price\":{\"subtotal\":%d},\"tax\":{\"inclusive\":false,\"tax\":%d}}\n", i, i * 7, i }'
}

# call ADDRESS [OPTION...]: as `client`, of `ca`.
call() {
	souk-call --timeout 2s --tls client.pem --tls-key client.key --tls-ca ca.pem -s souk-total "$@"
}

await_port() {
	for _ in {1..200}; do
		(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
		sleep 0.05
	done
	fail "nobody at port $1"
}

SERVER=(--tls server.pem --tls-key server.key --tls-ca ca.pem)

@test "thousands of records, some very long, come back as they do from a pipe" {
	serve "${SERVER[@]}" -w 2 -- souk-total
	orders 20000 >in
	# Longer than what TLS carries at once, and than the socket holds.
	awk 'BEGIN { while (i++ < 20) printf "{\"id\":\"long%d\",\"price\":{\"subtotal\":1,\"x\":\"%0*d\"},\"tax\":{\"inclusive\":false,\"tax\":1}}\n", i, 40000 * i, 0 }' >>in
	orders 3000 >>in
	cmp <(souk-total <in) <(call unix:socket <in)
	head -n 300 in >few
	cmp <(souk-total <few) <(call --outstanding 1 unix:socket <few)
	assert_equal "$(metric held_bytes)" 0
}

@test "by TCP the certificate has to be for the name or address that is called" {
	local port other
	port=$(free_port) other=$(free_port)
	certify server ca "DNS:localhost,IP:127.0.0.1"
	certify elsewhere ca "DNS:shop.example,IP:10.1.2.3"
	serve "${SERVER[@]}" -l "127.0.0.1:$port" -- souk-total
	souk-serve -l "127.0.0.1:$other" --tls elsewhere.pem --tls-key elsewhere.key --tls-ca ca.pem -- souk-total 2>other 3>&- &
	OTHER=$!
	orders 3 >in
	for address in "localhost:$port" "127.0.0.1:$port" ":$port" "unix:socket"; do
		run --separate-stderr call "$address" <in
		assert_success
		assert_equal "$output" "$(souk-total <in)"
	done
	await_port "$other"
	for address in "localhost:$other hostname" "127.0.0.1:$other IP address"; do
		run --separate-stderr call "${address%% *}" <in
		assert_success
		assert_equal "$(jq -r .wait.code <<<"$output" | uniq)" unavailable
		assert_equal "$stderr" "souk-call: ${address%% *} is away: certificate verify failed: ${address#* } mismatch; it is tried again"
	done
}

@test "an authority that is not ours, either way, and a service without TLS" {
	certify stranger
	certify theirs stranger
	orders 2 >in
	serve "${SERVER[@]}" -- souk-total
	run --separate-stderr souk-call --timeout 1s --tls theirs.pem --tls-key theirs.key --tls-ca ca.pem -s souk-total unix:socket <in
	assert_success
	assert_equal "$(jq -r .wait.code <<<"$output" | uniq)" unavailable
	[[ $stderr == 'souk-call: unix:socket is away: '*'unknown ca'* ]] || fail "$stderr"
	run --separate-stderr souk-call --timeout 1s --tls client.pem --tls-key client.key --tls-ca stranger.pem -s souk-total unix:socket <in
	assert_equal "$(jq -r .wait.code <<<"$output" | uniq)" unavailable
	[[ $stderr == 'souk-call: unix:socket is away: certificate verify failed: '* ]] || fail "$stderr"
	run --separate-stderr souk-call --timeout 1s -s souk-total unix:socket <in
	assert_equal "$(jq -r .wait.code <<<"$output" | uniq)" unavailable
	assert_equal "$(metric requests_total)" 0
	end_serve
	serve -- souk-total
	run --separate-stderr call unix:socket <in
	assert_equal "$(jq -r .wait.code <<<"$output" | uniq)" unavailable
	[[ $stderr == 'souk-call: unix:socket is away: '* ]] || fail "$stderr"
	assert_equal "$(metric 'errors_total{code="unavailable"}')" ''
}

@test "a service that is killed and comes again under load" {
	orders 40000 >in
	serve "${SERVER[@]}" -- souk-total
	call --timeout 20s unix:socket <in >out 2>said &
	local client=$!
	for _ in 1 2 3; do
		sleep 0.1
		kill -9 "$SERVE"
		wait "$SERVE" || true
		serve "${SERVER[@]}" -- souk-total
	done
	wait "$client"
	cmp <(souk-total <in) out
}

@test "what a reader does not take ends the call, as without TLS" {
	serve "${SERVER[@]}" -- souk-total
	orders 50000 >in
	run bash -c 'souk-call --tls client.pem --tls-key client.key --tls-ca ca.pem -s souk-total unix:socket <in | head -n 1 >first
		echo "${PIPESTATUS[0]}"'
	# Killed by SIGPIPE, silent.
	assert_output 141
}

@test "souk run --services: by the environment, and by options in the file of services" {
	echo '{"sku":"A","currency":"GBP","amount":250}' | souk-price put -e
	echo '{"sku":"A","title":"Mug"}' | souk-catalog put -e
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put -e
	echo '{"id":"o1","currency":"GBP","ship_to":{"country":"GB"},"lines":[{"sku":"A","qty":2}]}' >in
	# A service takes the same variables.
	(
		export SOUK_TLS_CERT=server.pem SOUK_TLS_KEY=server.key SOUK_TLS_CA=ca.pem
		exec souk-serve -l unix:tax -- souk-tax 2>tax.log 3>&-
	) &
	OTHER=$!
	await_socket tax
	echo "souk-tax unix:$PWD/tax" >services
	SOUK_TLS_CERT=client.pem SOUK_TLS_KEY=client.key SOUK_TLS_CA=ca.pem \
		souk run --services services quote <in >out
	cmp <(souk run quote <in) out
	echo "souk-tax unix:$PWD/tax --timeout 1s" >services
	run --separate-stderr souk run --services services quote <in
	assert_equal "$(jq -r .wait.code <<<"$output")" unavailable
	echo "souk-tax unix:$PWD/tax --tls client.pem --tls-key client.key --tls-ca ca.pem # by TLS" >services
	souk run --services services quote <in | cmp - out
}

@test "files that do not serve are named, and all three belong together" {
	run -2 souk-call --tls client.pem -s souk-total unix:socket
	assert_output --partial '--tls, --tls-key and --tls-ca belong together'
	SOUK_TLS_KEY=client.key run -2 souk-call -s souk-total unix:socket
	assert_output --partial '--tls, --tls-key and --tls-ca belong together'
	run -3 souk-call --tls none --tls-key client.key --tls-ca ca.pem -s souk-total unix:socket
	assert_output --partial 'souk-call: cannot use the certificate none: '
	run -3 souk-call --tls client.pem --tls-key server.key --tls-ca ca.pem -s souk-total unix:socket
	assert_output --partial 'souk-call: cannot use the key server.key: '
	run -3 souk-call --tls client.pem --tls-key client.key --tls-ca /dev/null -s souk-total unix:socket
	assert_output --partial 'souk-call: cannot use the authority /dev/null: '
}

@test "a client's goodbye right behind its last line is heard" {
	serve "${SERVER[@]}" -- souk-total
	orders 2 >in
	# Sends lines and goodbye at once, and waits for the answers and the service's end.
	run timeout 20 python3 -c '
import socket, ssl
context = ssl.create_default_context(cafile="ca.pem")
context.load_cert_chain("client.pem", "client.key")
plain, cipher = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(plain, cipher, server_hostname="localhost")
s = socket.socket(socket.AF_UNIX)
s.connect("socket")
while True:
    try:
        tls.do_handshake()
        break
    except ssl.SSLWantReadError:
        s.sendall(cipher.read())
        plain.write(s.recv(65536))
tls.write(open("in", "rb").read())
try:
    tls.unwrap()
except ssl.SSLWantReadError:
    pass
s.sendall(cipher.read())
while True:
    got = s.recv(65536)
    if not got:
        break
print("closed")
'
	assert_output closed
	assert_equal "$(metric requests_total)" 2
}
