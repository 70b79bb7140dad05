build-os/lib/card.o: lib/card.c lib/card.h lib/record.h lib/arena.h \
 lib/text.h
lib/card.h:
lib/record.h:
lib/arena.h:
lib/text.h:
