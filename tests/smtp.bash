# SPDX-License-Identifier: ISC
# A mail server for a test: tests/smtpd, in the folder `mail`.

# mail_server [PORT]: starts it, and sets SOUK_SMTP.
mail_server() {
	mkdir -p mail
	rm -f mail/port
	"$ROOT/tests/smtpd" mail "$@" >mail/log 2>&1 3>&- &
	SMTPD=$!
	local i
	for ((i = 0; i < 200; i++)); do
		[ ! -e mail/port ] || break
		sleep 0.05
	done
	PORT=$(cat mail/port)
	export SOUK_SMTP=smtp://127.0.0.1:$PORT
}

mail_server_stop() {
	[ -z "${SMTPD:-}" ] || kill "$SMTPD" 2>/dev/null || true
	SMTPD=
}

# How many mails the server has accepted.
accepted() {
	find mail -name '*.eml' | wc -l
}
