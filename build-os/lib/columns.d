build-os/lib/columns.o: lib/columns.c lib/columns.h lib/text.h
lib/columns.h:
lib/text.h:
