build-os/cmd/promo/program.o: cmd/promo/program.c cmd/promo/program.h \
 lib/text.h lib/error.h lib/text.h lib/jq_repairs.h
cmd/promo/program.h:
lib/text.h:
lib/error.h:
lib/text.h:
lib/jq_repairs.h:
