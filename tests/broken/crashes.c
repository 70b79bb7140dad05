/* SPDX-License-Identifier: ISC */
/* Copies records; a line longer than its buffer, or deeply nested, is its death. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	static char line[65536];

	while (fgets(line, sizeof(line), stdin)) {
		char *brace = strrchr(line, '}');

		if (!strchr(line, '\n') || !brace)
			abort();
		printf("%.*s,\"seen\":1}\n", (int)(brace - line), line);
		fflush(stdout);
	}
	return 0;
}
