/* SPDX-License-Identifier: ISC */
#include "email.h"

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool souk_is_email(struct souk_text text)
{
	const char *at = memchr(text.at, '@', text.len);
	bool begins = true;

	if (!at || text.len > SOUK_MAX_EMAIL || at - text.at > 64)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool local = text.at + i < at, ends = text.at + i == at;

		if (c == '.' || ends) {
			if (begins)
				return false;
			begins = true;
		} else if (is_plain(c) || (local && c && strchr("!#$%&'*+/=?^_`{|}~-", c)) ||
			   (!local && c == '-' && !begins)) {
			begins = false;
		} else {
			return false;
		}
	}
	return !begins;
}
