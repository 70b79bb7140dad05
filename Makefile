# SPDX-License-Identifier: ISC
# Everything is found below cmd/, lib/ and tests/: adding a file or a folder edits
# nothing here.
PREFIX ?= /usr/local
CC ?= cc
CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Werror
SANITIZE ?=
STATIC ?=

# A build with other flags has its own folder, so that neither spoils the other.
B = build$(if $(SANITIZE),-sanitize)$(if $(STATIC),-static)
BIN = $(if $(SANITIZE)$(STATIC),$B/bin,bin)

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Ilib -I$B -MMD -MP $(WARNINGS) $(CFLAGS) \
	$(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS = $(LDFLAGS) -Wl,--as-needed -Wl,-z,relro,-z,now \
	$(if $(SANITIZE),-fsanitize=address$(comma)undefined) $(if $(STATIC),-static)
comma = ,
LIBS = -lsodium -lsqlite3 -lm

functions := $(notdir $(patsubst %/,%,$(dir $(wildcard cmd/*/*.c))))
functions := $(sort $(functions))
command = $(if $(filter souk,$1),souk,souk-$1)
commands := $(foreach f,$(functions),$(BIN)/$(call command,$f))
lib_objects := $(patsubst %.c,$B/%.o,$(filter-out lib/main.c,$(wildcard lib/*.c)))
unit_tests := $(patsubst %.c,$B/%,$(wildcard tests/unit/*.c))
fuzzers := $(patsubst %.c,$B/%,$(wildcard tests/fuzz/*.c))

all: $(commands)

# Only the binaries that need a library link it: extra libraries of a function stand
# in its folder, in a file `libs`.
define link_command
$(BIN)/$(call command,$1): $(patsubst %.c,$B/%.o,$(wildcard cmd/$1/*.c)) $B/lib/main.o $B/libsouk.a
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(filter %.o,$$^) $B/libsouk.a $$(ALL_LDFLAGS) $$(shell cat cmd/$1/libs 2>/dev/null) $$(LIBS) -o $$@
$(patsubst %.c,$B/%.o,$(wildcard cmd/$1/*.c)): $(patsubst %.sql,$B/%.sql.h,$(wildcard cmd/$1/*.sql)) \
	$(patsubst %.jq,$B/%.jq.h,$(wildcard cmd/$1/*.jq))
endef
$(foreach f,$(functions),$(eval $(call link_command,$f)))

$B/libsouk.a: $(lib_objects)
	@rm -f $@
	$(AR) rcs $@ $^

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# A text beside the code (schema.sql, prelude.jq) as C string literals, line by line.
$B/%.sql.h: %.sql
	@mkdir -p $(@D)
	sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $< >$@
$B/%.jq.h: %.jq
	@mkdir -p $(@D)
	sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $< >$@

$B/tests/unit/%: tests/unit/%.c $B/libsouk.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $< $B/libsouk.a $(ALL_LDFLAGS) $(LIBS) -o $@

$B/tests/fuzz/%: tests/fuzz/%.c $B/libsouk.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $< $B/libsouk.a $(ALL_LDFLAGS) $(LIBS) -o $@

-include $(wildcard $B/*/*.d $B/*/*/*.d)
clean:
	rm -rf build build-sanitize build-static bin
.PHONY: all clean
