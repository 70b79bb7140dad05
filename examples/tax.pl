#!/usr/bin/env perl
# SPDX-License-Identifier: ISC
# souk-tax in Perl: rates by country, class of goods and date.
#
# Usage: tax.pl [RATES], a file as data/tax-rates.ndjson; or $TAX_RATES names it. Rates of
# parts of a country and reliefs are left to souk-tax. It keeps the whole contract: a regular
# expression is the grammar of JSON, and what is written is the line itself with one member more.
use v5.30;
use warnings;
no warnings 'recursion';
use Digest::SHA 'sha256_hex';
use JSON::PP;
use MIME::Base64 'encode_base64';
use POSIX 'strftime';

my $description = '{"contract":1,"function":"tax","about":"the tax on an order","verb":"",'
	. '"summary":"compute the tax on an order","kind":"filter","effects":"none",'
	. '"reads":["lines","price","promo?","catalog?","ship_to.country","time?","*.charges"],'
	. '"writes":"tax","on_failed":false,"on_waiting":false,"needs_id":false,"options":[]}';
my $max_record = 1 << 20;
my $json = JSON::PP->new->allow_nonref->canonical;

# RFC 8259. Quantifiers are possessive: a number or a text is read in one way only.
my $grammar = qr/(?(DEFINE)
	(?<s> [ \t\r]*+)
	(?<text> "(?: [^"\\\x00-\x1f]++ | \\(?: ["\\\/bfnrt] | u[0-9a-fA-F]{4}) )*+")
	(?<number> -?(?: 0 | [1-9][0-9]*+)(?: \.[0-9]++)?+(?: [eE][-+]?[0-9]++)?+)
	(?<array> \[ (?&s) (?: (?&value) (?: (?&s) , (?&s) (?&value))*+ )?+ (?&s) \])
	(?<object> \{ (?&s) (?: (?&pair) (?: (?&s) , (?&s) (?&pair))*+ )?+ (?&s) \})
	(?<pair> (?&text) (?&s) : (?&s) (?&value))
	(?<value> (?&text) | (?&number) | (?&object) | (?&array) | true | false | null)
)/x;

# ---- The tax ----

sub refuse { die {by => 'tax', code => $_[0], message => $_[1], @_[2 .. $#_]} }

# A time in UTC, or a date, in a form that can be compared.
sub moment {
	$_[0] =~ /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?Z)?\z/a
		or refuse('bad_record', 'time must be RFC 3339 in UTC, as 2011-01-04T00:00:00Z');
	return $1 . 'T' . ($2 // '00:00:00');
}

# The rates of each country and class, those that began last first.
sub read_rates {
	my %rates;
	open my $file, '<', $_[0] or die "$!\n";
	while (<$file>) {
		my $row = $json->decode($_);
		next if !defined $row->{rate} || defined $row->{region} || defined $row->{postcode};
		push @{$rates{$row->{country}}{$row->{class}}}, {rate => "$row->{rate}",
			from => moment($row->{from} // '0001-01-01'), to => moment($row->{to} // '9999-12-31')};
	}
	for my $classes (values %rates) {
		@$_ = sort { $b->{from} cmp $a->{from} } @$_ for values %$classes;
	}
	return \%rates;
}

sub rate_of {
	my ($rates, $country, $class, $when) = @_;
	my $classes = $rates->{$country} // $rates->{'*'} // {};
	for my $row (@{$classes->{$class} // []}, @{$classes->{'*'} // []}) {
		return $row->{rate} if $row->{from} le $when && $when lt $row->{to};
	}
	refuse('no_tax_rate', "no rate is known for class $class in $country at ${when}Z",
		country => $country, class => $class, time => $when . 'Z');
}

# In whole minor units, halves away from zero; nothing here is a float.
sub tax_on {
	my ($amount, $rate) = @_;
	my ($whole, $decimals) = split /\./, $rate . '.';
	use integer;
	my $divisor = 100 * 10 ** length($decimals //= '');
	my $times = "$whole$decimals" + 0;
	refuse('overflow', 'an amount is too large') if $times && abs $amount > (1 << 61) / $times;
	my $tax = (2 * abs($amount) * $times + $divisor) / (2 * $divisor);
	return $amount < 0 ? -$tax : $tax;
}

my %check = (
	object => sub { ref $_[0] eq 'HASH' && !$_[0]{"\0twice"} },
	array => sub { ref $_[0] eq 'ARRAY' },
	text => sub { ref $_[0] eq 'SCALAR' && ${$_[0]} !~ /[\x{d800}-\x{dfff}]/ },
	int => sub { !ref $_[0] && $_[0] =~ /^-?\d{1,15}\z/a },
);

# A member; null counts as missing.
sub get {
	my ($owner, $name, $kind, $default) = @_;
	$check{object}->($owner) or refuse('bad_record', "$name: what should hold it is no object, or has a name twice");
	my $value = $owner->{$name} // $default // refuse('bad_record', "$name is missing");
	$check{$kind}->($value) or refuse('bad_record', "$name must be of type $kind");
	return $kind eq 'text' ? $$value : $value;
}

# The lines of a stage's member, which are as many as the order's.
sub lines_of {
	my ($order, $stage) = @_;
	my $member = get($order, $stage, 'object', {});
	if (!defined $member->{lines}) {
		refuse('bad_record', "$stage.lines is missing") if $stage eq 'price' || $member->{discount};
		return map { {} } @{$order->{lines}};
	}
	my @lines = @{get($member, 'lines', 'array')};
	@lines == @{$order->{lines}} or refuse('bad_record', "$stage.lines must be as long as lines");
	return @lines;
}

# What is taxed: amount and class of each line, and the label of each charge.
sub items_of {
	my $order = shift;
	get($order, 'lines', 'array');
	my @price = lines_of($order, 'price');
	my @promo = lines_of($order, 'promo');
	my @goods = lines_of($order, 'catalog');
	my @items;
	for my $i (0 .. $#price) {
		my ($subtotal, $discount) = (get($price[$i], 'subtotal', 'int'), get($promo[$i], 'discount', 'int', 0));
		refuse('bad_record', 'a subtotal or discount is out of range')
			if $discount < 0 || $discount > $subtotal;
		push @items, [$subtotal - $discount, get($goods[$i], 'tax_class', 'text', \'standard')];
	}
	# What an order brings itself can't charge, or a customer could.
	for my $name (@{$order->{"\0names"}}) {
		next if $name =~ /^(?:customer|ship_to|bill_to|lines|coupons|pay_with|tax|total|order)\z/
			|| ref $order->{$name} ne 'HASH' || !exists $order->{$name}{charges};
		for my $charge (@{get($order->{$name}, 'charges', 'array', [])}) {
			push @items, [get($charge, 'amount', 'int'), get($charge, 'tax_class', 'text', \'standard'),
				get($charge, 'label', 'text')];
		}
	}
	return @items;
}

sub quoted { $json->encode($_[0]) }

sub tax_of {
	my ($order, $rates) = @_;
	my $when = moment(get($order, 'time', 'text', \strftime('%Y-%m-%dT%H:%M:%SZ', gmtime)));
	my $country = get(get($order, 'ship_to', 'object'), 'country', 'text');
	my (@lines, @charges, @bands, %net, %tax);
	my $all = 0;
	for (items_of($order)) {
		my ($amount, $class, $label) = @$_;
		my $rate = rate_of($rates, $country, $class, $when);
		my $tax = tax_on($amount, $rate);
		push @bands, $rate if !exists $net{$rate};
		$net{$rate} += $amount;
		$tax{$rate} += $tax;
		$all += $tax;
		my $owes = qq("rate":"$rate","tax":$tax});
		if (defined $label) {
			push @charges, '{"label":' . quoted($label) . qq(,"amount":$amount,$owes);
		} else {
			push @lines, "{$owes";
		}
	}
	my $charges = @charges ? '"charges":[' . join(',', @charges) . '],' : '';
	my @rates = map { qq({"rate":"$_","net":$net{$_},"tax":$tax{$_}}) } @bands;
	local $" = ',';
	return qq({"inclusive":false,"lines":[@lines],$charges"rates":[@rates],"tax":$all});
}

# ---- The record: its own bytes, with one member more ----

# What a value is: numbers as they are spelt, texts as references, objects that know
# whether they had a name twice. The grammar has been checked; pos() goes over the line.
sub value {
	if (/\G\{/gc) {
		my (%object, $twice);
		while (/\G[ \t\r,]*("(?:[^"\\]|\\.)*+")[ \t\r]*:[ \t\r]*/gc) {
			my $name = text($1);
			$twice = 1 if exists $object{$name};
			$object{$name} = value();
		}
		/\G[ \t\r]*\}/gc;
		$object{"\0twice"} = 1 if $twice;
		return \%object;
	}
	if (/\G\[/gc) {
		my @array;
		while (!/\G[ \t\r]*\]/gc) {
			/\G[ \t\r,]+/gc;
			push @array, value();
		}
		return \@array;
	}
	return \text($1) if /\G("(?:[^"\\]|\\.)*+")/gc;
	/\G([-+.\w]+)/gc;
	return $1 eq 'null' ? undef : $1;
}

sub text {
	my $text = substr shift, 1, -1;
	state $plain = {b => "\b", f => "\f", n => "\n", r => "\r", t => "\t"};
	$text =~ s{\\(?:u(d[89ab]..)\\u(d[c-f]..)|u(....)|(.))}
		{defined $1 ? chr(0x10000 + ((hex($1) & 0x3ff) << 10) + (hex($2) & 0x3ff))
			: defined $3 ? chr hex $3 : $plain->{$4} // $4}gie;
	return $text;
}

# The record, and the bytes of each of its members.
sub parse {
	my ($line) = @_;
	$line =~ /^(?&s)(?&object)(?&s)\z$grammar/ or die "it is no JSON object\n";
	my (%record, @members);
	for ($line) {
		/\G[ \t\r]*\{/gc;
		while (/\G[ \t\r,]*+(?=")/gc) {
			my $begin = pos;
			/\G("(?:[^"\\]|\\.)*+")[ \t\r]*:[ \t\r]*/gc;
			my $name = text($1);
			die "a member name stands twice\n" if exists $record{$name};
			$record{$name} = value();
			push @{$record{"\0names"}}, $name;
			push @members, [$name, substr $line, $begin, pos() - $begin];
		}
	}
	return \%record, @members;
}

# The line without an older member tax, and with the new member at its end.
sub record_with {
	my ($line, $members, $name, $value) = @_;
	my @kept = map { $_->[1] } grep { $_->[0] ne 'tax' } @$members;
	my ($head, $tail) = $line =~ /^(.*)(\}[ \t\r]*)\z/s;
	$head =~ s/(\{[ \t\r]*).*/$1 . join ',', @kept/es if @kept < @$members;
	return $head . (@kept ? ',' : '') . qq("$name":$value$tail);
}

# ---- The stream ----

my ($number, $offset, $bad, $rates) = (0, 0, 0);

sub bad_line {
	my ($bytes, $code, $message) = @_;
	$bad = 1;
	return quoted({error => {by => 'tax', code => $code, message => "line $number: $message",
		line => $number, byte => $offset, length => length $bytes, sha256 => sha256_hex($bytes),
		input => encode_base64(substr($bytes, 0, 1 << 16), '')}});
}

sub answer {
	my $bytes = shift;
	return bad_line($bytes, 'too_long', "it is longer than $max_record bytes") if length $bytes > $max_record;
	my $line = $bytes;
	utf8::decode($line) && $line !~ /[\x{d800}-\x{dfff}]|[^\x{0}-\x{10ffff}]/
		or return bad_line($bytes, 'bad_record', 'it is not UTF-8');
	my ($record, @members) = eval { parse($line) };
	return bad_line($bytes, 'bad_record', $@ =~ s/\n//r) if !$record;
	return $line if exists $record->{error} || exists $record->{wait};
	my $tax = eval { tax_of($record, $rates) };
	return record_with($line, \@members, 'tax', $tax) if defined $tax;
	die $@ if !ref $@;
	return record_with($line, \@members, 'error', quoted($@));
}

sub put {
	my $data = shift;
	utf8::encode($data);
	while (length $data) {
		my $done = syswrite STDOUT, $data;
		defined $done or $!{EINTR} or print {*STDERR} "tax.pl: cannot write: $!\n" and exit 3;
		substr $data, 0, $done // 0, '';
	}
}

if (($ARGV[0] // '') eq '--describe') {
	say $description;
	exit;
}
my $path = $ARGV[0] // $ENV{TAX_RATES} // '';
$rates = eval { read_rates($path) };
if (!$rates) {
	my $why = ref $@ ? $@->{message} : $@ =~ s/\n//r;
	print {*STDERR} "tax.pl: cannot read the rates: $path: $why\n";
	exit 2;
}

my $ended = 0;
$SIG{TERM} = sub { $ended = 1 };
my ($rest, $got) = ('', 1);
while ($got && !$ended) {
	my $ready = '';
	vec($ready, 0, 1) = 1;
	# A signal that comes just before it waits is seen half a second later.
	next if select($ready, undef, undef, 0.5) < 1;
	# A batch is what one read gives: bulk comes by the pipe, a lone line at once.
	$got = sysread STDIN, $rest, 1 << 18, length $rest;
	defined $got or print {*STDERR} "tax.pl: cannot read: $!\n" and exit 3;
	my $answers = '';
	while ($rest =~ /\G([^\n]*)\n/gc || (!$got && $rest =~ /\G([^\n]+)/gc)) {
		my $line = $1;
		$number++;
		$answers .= answer($line =~ s/\r\z//r) . "\n" if $line =~ /[^ \t\r]/;
		$offset += length($line) + 1;
	}
	substr $rest, 0, pos $rest // 0, '';
	put($answers);
}
exit $bad;
