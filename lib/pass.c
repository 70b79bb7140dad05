/* SPDX-License-Identifier: ISC */
/*
 * A block of 64 bytes becomes words of 64 bits: which bytes are quotes, which are commas.
 * The grammar of JSON is nearly all a matter of what stands next to what, which a shift
 * and an AND see in 64 places at once. Only brackets are looked at one by one, for what
 * they hold and where the value ends, numbers that are not plain whole ones, and letters
 * that are not ASCII.
 *
 * It takes only what is right, and says of nothing why it is wrong: that is for the
 * parser (record.c), which reads the value once more where this gives up.
 */
#include "pass.h"

#if defined(__x86_64__) && !defined(SOUK_SCAN_PORTABLE)
#include <immintrin.h>

#include "scan.h"
#include "text.h"

#define AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul")))

/* The last bytes of a block are the first ones of the next: so each byte is seen with
 * the two before it, and no bit has to be carried. */
enum { OVERLAP = 2, STRIDE = 64 - OVERLAP };

/* A bit for each byte of a block, the first one lowest. */
struct block {
	uint64_t quote, comma, colon, open, close, digit, zero;
	uint64_t curly; /* of brackets: { and } */
	uint64_t odd;   /* what a string does not hold as it is, and all that is not ASCII */
};

/* Which bytes of both halves pass a comparison. */
AVX2 static inline uint64_t bits(__m256i low, __m256i high)
{
	uint32_t first = (uint32_t)_mm256_movemask_epi8(low);

	return first | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 static inline uint64_t equal(__m256i low, __m256i high, char c)
{
	__m256i wanted = _mm256_set1_epi8(c);

	return bits(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

AVX2 static inline struct block classify(const char *at)
{
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
	__m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
	/* [ and { differ by this bit, and so do ] and }. */
	__m256i bracket = _mm256_set1_epi8(0x20);
	__m256i low_bracket = _mm256_or_si256(low, bracket);
	__m256i high_bracket = _mm256_or_si256(high, bracket);
	/* Comparisons are signed: the digits become the ten highest numbers, and bytes that
	 * are not ASCII are below all others. */
	__m256i to_top = _mm256_set1_epi8(0x7f - '9'), ten_below = _mm256_set1_epi8(0x7f - 10);
	__m256i space = _mm256_set1_epi8(' ');

	return (struct block){
		.quote = equal(low, high, '"'),
		.comma = equal(low, high, ','),
		.colon = equal(low, high, ':'),
		.open = equal(low_bracket, high_bracket, '{'),
		.close = equal(low_bracket, high_bracket, '}'),
		.curly = bits(_mm256_slli_epi16(low, 2), _mm256_slli_epi16(high, 2)),
		.digit = bits(_mm256_cmpgt_epi8(_mm256_add_epi8(low, to_top), ten_below),
			_mm256_cmpgt_epi8(_mm256_add_epi8(high, to_top), ten_below)),
		.zero = equal(low, high, '0'),
		.odd = equal(low, high, '\\') |
			bits(_mm256_cmpgt_epi8(space, low), _mm256_cmpgt_epi8(space, high)),
	};
}

/* Each bit: whether those up to it are odd in number. */
AVX2 static inline uint64_t parity(uint64_t bits)
{
	__m128i factor = _mm_cvtsi64_si128((long long)bits);

	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(factor, _mm_set1_epi8(-1), 0));
}

/* The byte after the number or word whose first byte that is no digit is at `at`; NULL
 * if it is none. */
static const char *scalar(const char *at)
{
	const char *fault = NULL;

	while (at[-1] >= '0' && at[-1] <= '9')
		at--;
	at = *at == '-' || (*at >= '0' && *at <= '9') ? souk_scan_number(at, &fault)
						      : souk_scan_word(at, &fault);
	return !fault && (*at == ',' || *at == ']' || *at == '}') ? at : NULL;
}

bool souk_can_pass(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		__builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
}

/* The byte after the letters at `at`, within a string, that are not ASCII; NULL if they are
 * no UTF-8, or if another kind of byte is there. */
static const char *letters(const char *at)
{
	size_t len = 0;

	/* The line end stops this. */
	while ((unsigned char)at[len] >= 0x80)
		len++;
	return len && souk_utf8_valid(at, len) == len ? at + len : NULL;
}

AVX2 const char *souk_pass(const char *at)
{
	/* The first block begins with the quote that ends the value's name, and the colon. */
	uint64_t in_string = ~0ull, in_name = 1;
	uint64_t containers = 1; /* a bit for each one open, 1 for an object; above them a 1 */
	const char *seen = at; /* the end of what was looked at byte by byte */

	for (at -= OVERLAP;; at += STRIDE) {
		struct block b = classify(at);
		/* From each opening quote to before the closing one. */
		uint64_t string = parity(b.quote) ^ in_string, outside = ~string;
		uint64_t comma = b.comma & outside, colon = b.colon & outside;
		uint64_t open = b.open & outside, close = b.close & outside;
		uint64_t opening = b.quote & string, before_value = comma | colon | open;
		/* The bytes of numbers and words, and the first one of each. */
		uint64_t part = outside & ~(b.quote | before_value | close);
		uint64_t first = part & ~(part << 1);
		uint64_t empty = close & open << 1;
		uint64_t object = 0 - (containers & 1); /* what is directly in an object */
		uint64_t here = ~0ull << OVERLAP;       /* what is not of the block before */
		uint64_t wrong, before_name, name, after_names, name_end;
		bool ends = false;

		for (uint64_t left = (open | close) & here; left; left &= left - 1) {
			uint64_t bracket = left & -left, curly = (b.curly & bracket) != 0;
			uint64_t outer = containers;

			if (open & bracket) {
				if (containers >> 63)
					return NULL;
				containers = containers << 1 | curly;
			} else {
				if ((containers & 1) != curly)
					return NULL;
				containers >>= 1;
				if (containers == 1) {
					here &= bracket | (bracket - 1);
					ends = true;
					break;
				}
			}
			/* All from the bracket on, where that makes a difference. */
			object ^= -bracket & -((outer ^ containers) & 1);
		}
		wrong = ((opening | open | first) ^ before_value << 1) & ~empty;
		before_name = (open & b.curly) | (comma & object);
		wrong |= before_name << 1 & ~(opening | empty);
		/* Adding a name's first bit to its run of bits carries it to the closing quote. */
		name = opening & before_name << 1;
		after_names = string + name + in_name;
		name_end = after_names & outside;
		wrong |= colon ^ name_end << 1;
		wrong |= b.digit & (b.zero & first) << 1;
		if (wrong & here)
			return NULL;
		for (uint64_t left = ((part & ~b.digit) | (b.odd & string)) & here; left; left &= left - 1) {
			const char *odd = at + __builtin_ctzll(left);

			if (odd < seen)
				continue;
			seen = string & left & -left ? letters(odd) : scalar(odd);
			if (!seen)
				return NULL;
		}
		if (ends)
			return at + 64 - __builtin_clzll(here);
		in_string = 0 - (string >> (STRIDE - 1) & 1);
		in_name = ((string ^ name ^ after_names) | name) >> STRIDE & 1;
	}
}
#else
bool souk_can_pass(void)
{
	return false;
}

const char *souk_pass(const char *at)
{
	(void)at;
	return NULL;
}
#endif
