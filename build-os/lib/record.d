build-os/lib/record.o: lib/record.c lib/record.h lib/arena.h lib/text.h \
 lib/error.h lib/pass.h lib/scan.h
lib/record.h:
lib/arena.h:
lib/text.h:
lib/error.h:
lib/pass.h:
lib/scan.h:
