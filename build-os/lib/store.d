build-os/lib/store.o: lib/store.c lib/store_sqlite.h lib/store.h \
 lib/text.h lib/error.h
lib/store_sqlite.h:
lib/store.h:
lib/text.h:
lib/error.h:
