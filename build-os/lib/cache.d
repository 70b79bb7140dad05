build-os/lib/cache.o: lib/cache.c lib/cache.h lib/arena.h lib/text.h \
 lib/error.h
lib/cache.h:
lib/arena.h:
lib/text.h:
lib/error.h:
