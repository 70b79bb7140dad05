/* SPDX-License-Identifier: ISC */
/* The codes of gift cards: secrets, of which only a hash is stored. */
#include "credit_books.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BYTES = 32 };

static char normal_character(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	return c == 'I' || c == 'L' ? '1' : c;
}

bool code_normalize(struct souk_text code, char normal[MAX_CODE], size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < code.len; i++) {
		char c = normal_character(code.at[i]);

		if (c == '-' || c == ' ')
			continue;
		if (*len == MAX_CODE || !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			return false;
		normal[(*len)++] = c;
	}
	return *len >= MIN_CODE;
}

bool code_hash(struct souk_text code, unsigned char hash[CODE_HASH_BYTES])
{
	char normal[MAX_CODE];
	size_t len;
	bool is_code = code_normalize(code, normal, &len);

	if (is_code)
		crypto_generichash(hash, CODE_HASH_BYTES, (const unsigned char *)normal, len, NULL, 0);
	sodium_memzero(normal, sizeof(normal));
	return is_code;
}

/* Letters, as a card number may not stand in pay_with and digits could look like one. */
void code_token(struct souk_buffer *token, struct souk_text card, const unsigned char *hash,
	struct souk_text order_id)
{
	unsigned char bytes[TOKEN_LETTERS / 2];

	crypto_generichash(bytes, sizeof(bytes), (const unsigned char *)order_id.at, order_id.len, hash,
		CODE_HASH_BYTES);
	souk_add(token, card.at, card.len);
	souk_add_char(token, '.');
	for (size_t i = 0; i < sizeof(bytes); i++) {
		souk_add_char(token, (char)('a' + bytes[i] / 16));
		souk_add_char(token, (char)('a' + bytes[i] % 16));
	}
}

struct souk_text token_card(struct souk_text token)
{
	if (token.len <= TOKEN_LETTERS + 1 || token.at[token.len - TOKEN_LETTERS - 1] != '.')
		return SOUK_TEXT("");
	return (struct souk_text){token.at, token.len - TOKEN_LETTERS - 1};
}

static bool read_key(const char *path, unsigned char key[KEY_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, key, KEY_BYTES);
	close(fd);
	if (got != KEY_BYTES)
		souk_die("%s is damaged: restore it from a backup; cards that were issued work without it", path);
	return true;
}

/* The key is not in the tables, so that neither they nor what is exported of them tells a
 * code. It is on disk before the first code that depends on it. Backups have it. */
static bool make_key(const char *folder, const char *path, unsigned char key[KEY_BYTES])
{
	char fresh[4096];
	int fd, parent;
	bool made;

	randombytes_buf(key, KEY_BYTES);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	made = fd >= 0 && souk_write_all(fd, key, KEY_BYTES) && fsync(fd) == 0 && rename(fresh, path) == 0;
	if (fd >= 0)
		close(fd);
	parent = made ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	made = parent >= 0 && fsync(parent) == 0;
	if (!made)
		souk_warn("cannot make %s: %s", path, strerror(errno));
	if (parent >= 0)
		close(parent);
	return made;
}

/* Digits alone never make up a whole group, so that no code looks like a card number. */
bool code_mint(struct souk_text id, char code[MINTED_CODE])
{
	static const char characters[] = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";
	static unsigned char key[KEY_BYTES];
	static bool known;
	const char *folder = souk_store_folder(credit_books(true));
	unsigned char bytes[MINTED_CODE];
	char path[4000];

	snprintf(path, sizeof(path), "%s/key", folder);
	/* Called with the books locked: of several that start at once, one makes it. */
	if (!known && !read_key(path, key) && !make_key(folder, path, key))
		return false;
	known = true;
	crypto_generichash(bytes, sizeof(bytes), (const unsigned char *)id.at, id.len, key, KEY_BYTES);
	for (size_t i = 0; i < MINTED_CODE; i++)
		code[i] = i % 5 == 4 ? '-' : characters[bytes[i] % (i % 5 == 0 ? 22 : 32)];
	return true;
}
