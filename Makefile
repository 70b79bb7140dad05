# SPDX-License-Identifier: ISC
# Everything is found below cmd/, lib/ and tests/: adding a file or a folder edits
# nothing here.
PREFIX ?= /usr/local
CC ?= cc
WARNINGS = -Wall -Wextra -Wpedantic -Werror
SANITIZE ?=
# Nothing is looked for on the machine that runs it: what Debian has archives of is linked in.
STATIC ?=
# Without OpenSSL: who asks for --tls is told so.
NO_TLS ?=
CFLAGS ?= -O2 -g

# One number for the programs, the packages and the images: the first line of NEWS.
VERSION := $(shell sed -n '1s/^Souk //p' NEWS)

# A build with other flags has its own folder, so that neither spoils the other.
B = build$(if $(SANITIZE),-sanitize)$(if $(STATIC),-static)$(if $(NO_TLS),-no-tls)
BIN = $(if $(filter build,$B),bin,$B/bin)

# No path and no date gets into a binary: wherever it is built, it is the same.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Ilib -I$B -MMD -MP $(WARNINGS) $(CFLAGS) \
	-ffile-prefix-map=$(CURDIR)=. $(if $(STATIC),-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables) \
	$(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS = $(LDFLAGS) -Wl,--as-needed -Wl,-z,relro,-z,now \
	$(if $(SANITIZE),-fsanitize=address$(comma)undefined) \
	$(if $(STATIC),-Wl$(comma)--gc-sections -Wl$(comma)--build-id=sha1 -Wl$(comma)--no-warnings)
comma = ,
LIBS = -lsodium -lsqlite3 -lunistring -lm

# Of these Debian has no archive, or none that is whole: what needs one of them has it, and the
# C library, as shared objects, and the rest linked in all the same.
shared = -ljq -lcurl -lm
libs_of = $(filter-out $(if $(NO_TLS),-lssl -lcrypto),$(sort $(foreach f,$1,$(shell cat cmd/$f/libs 2>/dev/null))) $(LIBS))
static_libs = $(if $(filter -ljq -lcurl,$1),-Wl$(comma)-Bstatic $(call group,$(filter-out $(shared),$1)) \
	-Wl$(comma)-Bdynamic $(filter $(shared),$1),-static $(call group,$1))
group = -Wl,--start-group $1 -Wl,--end-group
link_libs = $(if $(STATIC),$(call static_libs,$(call libs_of,$1)),$(call libs_of,$1))

functions := $(notdir $(patsubst %/,%,$(dir $(wildcard cmd/*/*.c))))
functions := $(sort $(functions))
command = $(if $(filter souk,$1),souk,souk-$1)
commands := $(foreach f,$(functions),$(BIN)/$(call command,$f))
lib_objects := $(patsubst %.c,$B/%.o,$(filter-out lib/main.c $(if $(NO_TLS),lib/tls.c,lib/tls_none.c),$(wildcard lib/*.c)))
unit_tests := $(patsubst %.c,$B/%,$(wildcard tests/unit/*.c))
sandbox_tests := $(patsubst %.c,$B/%,$(wildcard tests/sandbox/*.c))
fuzzers := $(patsubst %.c,$B/%,$(wildcard tests/fuzz/*.c))

all: $(commands) $(if $(filter build,$B),,$B/pipelines $B/maps)

# Beside the folder of the binaries: there they look for both.
$B/pipelines $B/maps:
	@mkdir -p $(@D)
	ln -s ../$(@F) $@

# The dispatcher holds the filters too, to run them fused.
filters := $(sort $(foreach f,$(functions),$(if $(shell grep -l '= SOUK_FILTER' cmd/$f/*.c),$f)))
linked = $1$(if $(filter souk,$1), $(filter-out $1,$(filters)))

# What a function's files share among them is of no concern to another's: of the object
# that all of them make, only what lib/ has is left open. So several can be linked into one.
# Only the binaries that need a library link it: extra libraries of a function stand in its
# folder, in a file `libs`.
define link_command
$B/cmd/$1.o: $(patsubst %.c,$B/%.o,$(wildcard cmd/$1/*.c))
	$$(LD) -r -o $$@ $$^
	objcopy --localize-hidden $$@
$(BIN)/$(call command,$1): $(foreach f,$(call linked,$1),$B/cmd/$f.o) $B/lib/main.o $B/libsouk.a
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(filter %.o,$$^) $B/libsouk.a $$(ALL_LDFLAGS) \
		$(call link_libs,$(call linked,$1)) -o $$@
$(patsubst %.c,$B/%.o,$(wildcard cmd/$1/*.c)): $(patsubst %.sql,$B/%.sql.h,$(wildcard cmd/$1/*.sql)) \
	$(patsubst %.jq,$B/%.jq.h,$(wildcard cmd/$1/*.jq))
endef
$(foreach f,$(functions),$(eval $(call link_command,$f)))

# ---- Images ----

# In an image the filter and what serves it are one binary, and so is all that the entry needs:
# the dispatcher, and what it has to know of the filters that pipelines/ name. Of several
# functions the first is the one a binary is when it is called by no other's name.
in_pipelines := $(filter $(filters),$(sort $(patsubst souk-%,%,$(shell grep -ohE 'souk-[a-z]+' pipelines/[a-z]*))))
in_image = $(if $(filter souk,$1),souk call serve $(in_pipelines),$1 $(filter-out $1,serve))
define link_image
$B/image/$1: $(foreach f,$(call in_image,$1),$B/cmd/$f.o) $B/lib/main.o $B/libsouk.a
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(filter %.o,$$^) $B/libsouk.a $$(ALL_LDFLAGS) -s \
		$(call link_libs,$(call in_image,$1)) -o $$@
endef
$(foreach f,$(functions),$(eval $(call link_image,$f)))

# The folder of each image, below $(IMAGES)
IMAGES ?= $B/images
images: $(addprefix image-,$(functions))
image-%: $B/image/%
	deploy/image-root $B/image/$* $(IMAGES)/$(if $(filter souk,$*),shop $(in_pipelines),$*)

$B/libsouk.a: $(lib_objects)
	@rm -f $@
	$(AR) rcs $@ $^

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(if $(filter cmd/%,$<),-fvisibility=hidden) -c $< -o $@

$B/lib/version.o: NEWS
$B/lib/version.o: ALL_CFLAGS += -DSOUK_VERSION='"$(VERSION)"'

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

# A filter of its own, with a main() like any other.
$B/tests/sandbox/compromised: tests/sandbox/compromised.c $B/lib/main.o $B/libsouk.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $< $B/lib/main.o $B/libsouk.a $(ALL_LDFLAGS) $(LIBS) -o $@
$B/tests/sandbox/kernel: tests/sandbox/kernel.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $< $(ALL_LDFLAGS) -o $@

$B/tests/fuzz/%: tests/fuzz/%.c $B/libsouk.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $< $B/libsouk.a $(ALL_LDFLAGS) $(LIBS) -o $@

# ---- For people ----

# On all cores, unless make was told how many.
build = $(MAKE) -s $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# Sets up the demo shop, sends real orders through checkout, says what came of it.
run: packages-build
	@$(build) all
	@demo/run

# The same shop in containers, with docker or podman alone.
run-containers:
	@demo/containers

packages-%:
	@deploy/packages $*

test: packages-build packages-test
	@$(build) all unit fuzz
	@tests/run $(unit_tests) $(wildcard tests/*.bats)

unit: $(unit_tests) $(sandbox_tests)
fuzz: $(fuzzers)

# What takes longer: sanitizers, valgrind, crashes by the hundred.
test-all: test test-heavy

# All suites but that of the demo, which has its own binaries. What a sanitizer frees it
# keeps for a while: little, so that memory can be watched.
sanitized = $(filter-out tests/demo.bats,$(wildcard tests/*.bats))
test-heavy: packages-build packages-test packages-heavy packages-containers packages-deb packages-rpm
	@$(build) all unit fuzz
	@$(build) all unit fuzz SANITIZE=1
	@tests/run $(wildcard tests/heavy/*.bats) && \
	SOUK_BIN=$(CURDIR)/build-sanitize/bin ASAN_OPTIONS=quarantine_size_mb=1:abort_on_error=1 \
		tests/run $(patsubst build/%,build-sanitize/%,$(unit_tests) $(fuzzers)) $(sanitized)

bench: packages-build packages-test all
	@bench/run

man: all
	@man/refresh

# cppcheck looks into no system header, but the loops of sys/queue.h it has to know.
queue_header = $(shell $(CC) -M -D_GNU_SOURCE -Ilib cmd/serve/serve.h | grep -m1 -o '/[^ ]*sys/queue.h')
lint: packages-lint all
	cppcheck -q --include=$(queue_header) --template=gcc --std=c11 --enable=warning,portability,performance --inline-suppr \
		--suppress=missingIncludeSystem --suppress=ctuuninitvar --suppress=ctunullpointer --suppress=comparePointers \
		--error-exitcode=1 -D_GNU_SOURCE -D'_Noreturn=__attribute__((noreturn))' -Ilib -Ibuild lib cmd
	shellcheck -x -P SCRIPTDIR -P tests -S warning $$(grep -lE '^#!.*(bash|sh)$$' -r demo deploy man tests bench .ci 2>/dev/null) tests/helper.bash
	mandoc -Tlint -Wwarning man/*.[1-8]
	man/refresh --check

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
		$(DESTDIR)$(PREFIX)/share/man/man7 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/share/souk/pipelines \
		$(DESTDIR)$(PREFIX)/share/souk/maps $(DESTDIR)$(PREFIX)/share/souk/deploy/systemd
	install -m 755 $(commands) $(DESTDIR)$(PREFIX)/bin
	for page in man/*.[1-8]; do install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; done
	install -m 755 $(filter-out %/services,$(wildcard pipelines/*)) $(DESTDIR)$(PREFIX)/share/souk/pipelines
	install -m 644 pipelines/services $(DESTDIR)$(PREFIX)/share/souk/pipelines
	install -m 755 deploy/services $(DESTDIR)$(PREFIX)/share/souk/deploy
	install -m 644 deploy/inetd.conf deploy/socat deploy/README.md $(DESTDIR)$(PREFIX)/share/souk/deploy
	sed -i 's|/usr/local/bin|$(PREFIX)/bin|' $(addprefix $(DESTDIR)$(PREFIX)/share/souk/deploy/,services inetd.conf)
	install -m 644 deploy/systemd/* $(DESTDIR)$(PREFIX)/share/souk/deploy/systemd
	install -m 644 maps/* $(DESTDIR)$(PREFIX)/share/souk/maps
	for c in $(notdir $(commands)); do \
		$(BIN)/$$c --completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$c && \
		$(BIN)/$$c --completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$c.fish || exit 1; done

# What a package has besides: units where systemd finds them, what they run, the user they run as.
UNITDIR ?= /usr/lib/systemd/system
install-system: install
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)/etc/souk $(DESTDIR)/usr/lib/sysusers.d
	mv $(DESTDIR)$(PREFIX)/share/souk/deploy/systemd/souk.conf $(DESTDIR)/usr/lib/sysusers.d
	mv $(DESTDIR)$(PREFIX)/share/souk/deploy/systemd/* $(DESTDIR)$(UNITDIR)
	rmdir $(DESTDIR)$(PREFIX)/share/souk/deploy/systemd
	deploy/services target >$(DESTDIR)$(UNITDIR)/souk.target
	deploy/services systemd pipelines/services $(DESTDIR)/etc/souk

# The source as an archive, and the packages of distributions made of it: build/packages.
source deb rpm: %: packages-build packages-%
	@deploy/package $@

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(commands)))
	rm -f $(foreach p,$(wildcard man/*.[1-8]),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $p))/$(notdir $p))
	rm -f $(foreach c,$(notdir $(commands)),$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$c \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$c.fish)
	rm -rf $(DESTDIR)$(PREFIX)/share/souk

-include $(wildcard $B/*/*.d $B/*/*/*.d)
clean:
	rm -rf build build-*/ bin
.PHONY: all clean run run-containers test test-all unit fuzz images bench man lint install install-system uninstall source deb rpm
.SECONDARY:
