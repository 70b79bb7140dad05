build-os/cmd/receipt/layout.o: cmd/receipt/layout.c cmd/receipt/layout.h \
 lib/money.h lib/text.h lib/columns.h
cmd/receipt/layout.h:
lib/money.h:
lib/text.h:
lib/columns.h:
