/* SPDX-License-Identifier: ISC */
/* The words of a mail about an account (souk-account(1)). */
#include "notify.h"

void account_letter_write(struct letter *l, struct souk_record *r, const struct notice *n)
{
	struct souk_text url = text_in(r, link_in(r, n), "url"), until = text_in(r, link_in(r, n), "until");

	switch (n->kind) {
	case VERIFY:
		letter_subject(l, "Please confirm your address");
		letter_paragraph(l, "somebody has registered with this address. If it was you, please confirm it%s%.*s:",
			until.len ? " before " : "", SOUK_ARG(until));
		letter_link(l, url);
		letter_paragraph(l, "If it was not you, do nothing: without you it becomes no account.");
		break;
	case RESET:
		letter_subject(l, "A new password for your account");
		letter_paragraph(l, "somebody has asked for a new password for your account. If it was you, choose one%s%.*s:",
			until.len ? " before " : "", SOUK_ARG(until));
		letter_link(l, url);
		letter_paragraph(l, "If it was not you, do nothing: your password stays as it is.");
		break;
	case REGISTERED:
		letter_subject(l, "You have an account already");
		letter_paragraph(l, "somebody has registered with this address. You have an account already, and it stays as it "
			"is. If it was you, log in, or ask there for a new password:");
		letter_link(l, url);
		letter_paragraph(l, "If it was not you, there is nothing to do.");
		break;
	case PASSWORD_CHANGED:
		letter_subject(l, "Your password was changed");
		letter_paragraph(l, "the password of your account was changed, and everybody else was logged out. If it was you, "
			"there is nothing to do. If not, ask for a new password at once:");
		letter_link(l, url);
		break;
	default:
		break;
	}
}
