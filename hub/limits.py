"""Every limit of the hub with its reason, in one place.

Sizes are bytes, times are seconds, counts are counts. A limit that an operator may need to change is also a setting
in :mod:`hub.config`; the figure here is then its default.
"""

from __future__ import annotations

from typing import Final

# The SOAP edge -----------------------------------------------------------------------------------------------------

XML_DEPTH: Final = 64
"""Elements within elements. The deepest honest request of any contract here has fewer than ten."""

XML_ATTRIBUTES: Final = 256
"""Attributes of one element."""

XML_NAME: Final = 256
"""Characters of one element or attribute name."""

XML_TEXT: Final = 1_048_576
"""Characters of one text in a request. The longest honest one is a name; services that take files set their own."""

XML_ELEMENTS: Final = 120_000
"""Elements of one request: the longest list allowed below, with room for the items' own elements."""

SOAP_LIST_ITEMS: Final = 50_000
"""Items of one list in a request, whatever the service: what is held before it is asked. Services take fewer."""

SOAP_BODY: Final = 4_194_304
"""Bytes of one request, as sent and as decoded. The longest allowed list of numbers needs a quarter of it."""

SOAP_ANSWER_HELD: Final = 131_072
"""Bytes of an answer that are held in memory; a longer one is written to an unnamed temporary file first. So its
length is known, a failure half-way can still be told as one, and a slow reader holds no database transaction."""

SOAP_GZIP_FROM: Final = 2_048
"""Bytes from which an answer is compressed for a client that accepts it; below, it would cost more than it saves."""

# The store ---------------------------------------------------------------------------------------------------------

DATABASE_WAIT: Final = 60
"""Seconds to wait for the one writer's turn or for a free connection: the largest import commits in about that time."""

DATABASE_CONNECT: Final = 5
"""Seconds to wait for a PostgreSQL server to answer."""

DATABASE_POOL: Final = 8
"""Connections kept open by one worker, and as many again under load."""

SQLITE_CACHE: Final = 16 * 1024 * 1024
"""Bytes of page cache of one SQLite connection; the operating system caches the rest for all workers together."""

SQLITE_FILLING: Final = 64 * 1024 * 1024
"""Bytes of page cache, and of log before it is put into the file, while a sample is written: indexes of 20,000 units
fit, so that a page is written once and not at each round."""

BULK_ROWS: Final = 2_000
"""Rows written or fetched at once when many go through: enough to be fast, too few to fill memory."""

ANALYZE_ROWS: Final = 5_000
"""Rows added to one table by one change after which PostgreSQL's statistics of it are brought up to date."""

FRESHNESS_POLL: Final = 1.0
"""Seconds between a PostgreSQL worker's own looks at the journal, should an announcement be lost."""

TOUCHED_UNITS: Final = 20_000
"""Changed units that are served from the database before the files of prepared rows are written anew."""

INSTANTS_KEPT: Final = 8_192
"""Instants of duties and units that a process keeps made. Most begin and end at day edges: twenty years of them."""

REBUILD_PAUSE: Final = 30.0
"""Least seconds between two writings of one file by one worker, so that a long import does not keep it writing."""


# The HTTP edge -----------------------------------------------------------------------------------------------------

SERVER_THREADS: Final = 256
"""Threads of one worker. A thread that waits for a slow sender or reader costs little; all of them waiting would
stop the worker, so :data:`REQUESTS_IN_FLIGHT` is well below."""

LANES: Final = 1
"""Threads of a worker that take requests while none is held up: Python runs one at a time, and more of them only hand
its lock around. Those that wait for a slow client are not counted (:mod:`hub.edge.lanes`)."""

LANES_AWAY: Final = 8
"""The same where the database is a server: a call then waits for it a part of its time."""

REQUESTS_IN_FLIGHT: Final = 192
"""Requests that one worker handles at a time; one more is answered 503 with ``Retry-After``. Health and metrics do
not count, so that an overloaded worker still tells that it is."""

REQUESTS_PER_CLIENT: Final = 64
"""Of these, requests of one client address. An honest EBYS opens fewer than ten connections; behind a trusted proxy
the address is the one that the proxy forwards."""

BODY_SECONDS: Final = 30
"""Time in which a request's body must have arrived. The connection of a slower sender is closed."""

SEND_SECONDS: Final = 120
"""Time that a client may leave a streamed answer untouched before its connection is closed. .NET clients wait up to
30 minutes for an answer, but none stops reading in the middle of one for minutes."""

RETRY_AFTER: Final = 2
"""Seconds that an overloaded worker asks a client to wait."""

HEALTH_SECONDS: Final = 2
"""Time that one readiness check may take; after it the dependency counts as missing."""

MIME_PARTS: Final = 8
"""Parts of one MTOM request: the envelope and the binary inputs of an operation, of which none has more than two."""

MIME_HEADERS: Final = 8_192
"""Bytes of one part's headers; clients write three or four short ones."""

# Packages ----------------------------------------------------------------------------------------------------------

ZIP_ENTRIES: Final = 10_000
"""Entries of one archive. The longest distribution lists carry some hundred attachments; 65,536 would need ZIP64."""

ZIP_DIRECTORY: Final = 16 << 20
"""Bytes of the central directory: :data:`ZIP_ENTRIES` entries with the longest honest names fit many times."""

ZIP_NAME: Final = 512
"""Bytes of one entry name. Folder plus the longest file name of common file systems (255) is well below."""

ZIP_ENTRY_BYTES: Final = 8 << 30
"""Expanded size of one entry. Technical drawings and recordings of a few gigabytes are sent as attachments."""

ZIP_TOTAL_BYTES: Final = 16 << 30
"""Expanded size of one archive with everything nested in it that the hub opens."""

ZIP_RATIO: Final = 200
"""Expansion of one entry. XML of digests reaches about 20, blank scans about 100; deflate cannot exceed 1,032."""

ZIP_RATIO_FLOOR: Final = 512 << 10
"""Expanded size up to which the ratio is not looked at: small repetitive files harm nobody."""

ZIP_NESTING: Final = 8
"""Packages within packages (an update of an update of …). Each level is one decision on a letter's security code."""

ZIP_CHUNK: Final = 1 << 20
"""Bytes read, inflated and hashed at a time; memory for an entry of any size is a few of these."""

PART_XML_BYTES: Final = 32 << 20
"""One XML part. A distribution list of 10,000 addressees with full contact data is about 10 MB."""

PART_CMS_BYTES: Final = 64 << 20
"""One signature part, read whole: archived signatures of many signers with long revocation lists reach a few MB."""

CMS_HEADER_BYTES: Final = 4 << 20
"""What stands before the encrypted content of an envelope: one entry of about 600 bytes for each recipient."""

# Signatures --------------------------------------------------------------------------------------------------------

SIGNATURE_FILE: Final = 512 * 1024 * 1024
"""One signature file with the content that it may carry: the largest e-Yazışma package is well below it."""

ASN1_DEPTH: Final = 48
"""Elements within elements of a BER file; an archive-timestamped package stays below thirty."""

OID_OCTETS: Final = 64
"""An object identifier. Those of national policies have some twenty octets."""

INTEGER_OCTETS: Final = 1024
"""An INTEGER that is compared or shown. RSA moduli go to the cryptographic library, which has its own bound."""

SERIAL_OCTETS: Final = 64
"""Certificate serial numbers; RFC 5280 allows 20 octets, older authorities wrote a few more."""

ALGORITHM: Final = 1024
"""One AlgorithmIdentifier; RSASSA-PSS with all its parameters has seventy octets."""

CERTIFICATE: Final = 32 * 1024
"""One certificate. Real ones have one to four KB."""

CERTIFICATES: Final = 200
"""Certificates that one file may carry in one place (bag, certificate values, timestamp token)."""

REVOCATIONS: Final = 100
"""CRLs, and likewise OCSP responses, that one file may carry in one place."""

SIGNERS: Final = 64
"""SignerInfos of one file, counter-signatures counted."""

COUNTERSIGNATURE_DEPTH: Final = 4
"""A counter-signature of a counter-signature of …"""

SIGNATURE_ATTRIBUTES: Final = 256
"""Attributes of one SignerInfo; renewed archives add one every few years."""

TIMESTAMPS: Final = 64
"""Timestamps of one signature."""

CHAIN: Final = 10
"""Certificates from a signer to its anchor, both counted. National chains have three."""

CHAIN_TRIES: Final = 200
"""Issuer candidates that may be tried for one file before path building gives up."""

NAME_CONSTRAINTS: Final = 64
"""Subtrees of one certificate's name constraints."""

ATTRIBUTE_REMEMBERED: Final = 16 * 1024
"""An attribute value up to this size is remembered as read; the certificate values of a national path have three KB."""

NAME: Final = 4096
"""Octets of one distinguished name that is taken apart."""

CRL_REMEMBERED: Final = 64 * 1024
"""A CRL up to this size is remembered with its verification; larger ones are read each time."""

ANSWERS_REMEMBERED: Final = 64
"""Certificates of which a remembered CRL keeps what it says; all are forgotten when one more comes."""

# The registry ------------------------------------------------------------------------------------------------------

HIERARCHY_DEPTH: Final = 64
"""Superiors above one unit. The public register has at most eight levels; more means a ring in the data."""

HIERARCHY_CACHE: Final = 50_000
"""Superiors whose names are kept while a list of units is made: some ten megabytes."""

NAME_LETTERS: Final = 5
"""Least letters of a name that is searched for, as clients of the contract are told."""

REGISTRY_NAME: Final = 500
"""Characters of a name, a contact entry or another short text. The longest names of the public register have some 200;
PostgreSQL indexes a text of this length whole."""

REGISTRY_TEXT: Final = 4_000
"""Characters of an address, a title of legislation, a note."""

REGISTRY_CERTIFICATE: Final = 64 * 1024
"""Bytes of one encryption certificate; honest ones have two thousand."""

# The KAYSİS service ------------------------------------------------------------------------------------------------

ARGUMENT_LIST: Final = 10_000
"""Numbers that one call may ask for. Clients ask for one, or for the addressees of a letter; whole lists have
operations of their own."""

ADDRESSEES: Final = 5_000
"""Addressees of one letter. Circulars to all municipalities and provincial directorates have some thousand; composing
for this many takes well under two seconds."""

# Evidence for signatures -------------------------------------------------------------------------------------------

EVIDENCE_SECONDS: Final = 20.0
"""One exchange with a time-stamping authority, OCSP responder, CRL or certificate address. They answer within a second
or two; a signer waits for four of them."""

EVIDENCE_CACHE: Final = 2000
"""Answers kept on disk. An institution meets some dozens of authorities."""

EVIDENCE_QUESTIONS: Final = 40
"""Certificates of one file whose status or issuer may be asked for outside."""

EVIDENCE_BYTES: Final = 16 * 1024 * 1024
"""One answer of these. The largest honest one is a certification authority's CRL, a few megabytes."""

# Access ------------------------------------------------------------------------------------------------------------

ARGON2_MEMORY: Final = 19 * 1024 * 1024
"""Bytes that one verification of a password fills: the least that OWASP recommends for argon2id with two passes."""

ARGON2_TIME: Final = 2
"""Passes of one verification: some 25 ms."""

ARGON2_AT_ONCE: Final = 2
"""Passwords verified at once by one worker: it stays under 40 MB and leaves a processor for callers already known."""

ARGON2_WAIT: Final = 2.0
"""Seconds that a call waits for its turn to be verified."""

CREDENTIALS_EACH: Final = 2
"""Valid credentials of one caller: an old password and the new one while it is being changed. Each failing call costs
this many verifications, so that time does not tell how many there are."""

FAILURES: Final = 50
"""Failures for one caller from one address after which further ones are refused without looking, the right password of
a client that this process does not know yet among them. Several programs of an institution share an address, so one
with an old password must not shut the others out at once; fifty guesses a minute find no password (NIST SP 800-63B
allows a hundred in all), and cost three seconds of a processor."""

FAILURES_SECONDS: Final = 60.0
"""Seconds without a verified failure after which passwords are looked at again."""

FAILURES_REMEMBERED: Final = 10_000
"""Pairs of caller and address whose failures are remembered; the oldest are forgotten first."""

REFUSED_LOOK: Final = 1.0
"""Seconds between two looks at the refused calls that wait to be noted: one query a second, however many they are."""

REFUSED_LAST: Final = 5.0
"""Seconds that a process waits at its end for the refused calls to be noted: Ctrl-C is to end it at once."""

REFUSED_NAMES: Final = 1_000
"""Names whose refused calls wait to be noted at the same time; calls under further names are in the log only."""

REFUSED_SECONDS: Final = 60.0
"""Seconds after which the refused calls of a name are noted again; twice as many each time while they go on."""

REFUSED_SECONDS_MOST: Final = 3_600.0
"""The most that becomes of it: a name that is tried for a day leaves some thirty lines in the trail, not a million."""

KURUM_ID: Final = 64
"""Characters of a caller's name; honest ones have eight."""

PASSWORD_LEAST: Final = 12
PASSWORD_MOST: Final = 256
"""Characters of a password: enough against guessing, few enough to check cheaply."""

# Receipts ----------------------------------------------------------------------------------------------------------

RECEIPT_BYTES: Final = 1024 * 1024
"""A signed receipt. The largest the hub issues, of a report with every finding, is below 200 KB."""

RECEIPT_ELEMENTS: Final = 20_000
"""Elements of a receipt, for the same reason."""

# The signature service ---------------------------------------------------------------------------------------------

IMZA_FILE: Final = 6 << 20
"""Bytes of a signature file or its content, as ``ImzaServis.wsdl`` states; checked again where MTOM brings them."""

IMZA_TEXT: Final = 8_500_000
"""Characters of one text: the Base64 of a file of 6 MiB, which ``ImzaServis.wsdl`` allows. libxml2 itself stops at
ten million."""

IMZA_BODY: Final = 17_500_000
"""Bytes of one request: a signature and its detached content, both as large as they may be."""

IMZA_ELEMENTS: Final = 100
"""Elements of one request; an honest one has eight."""

# Import ------------------------------------------------------------------------------------------------------------

IMPORT_BLOCK: Final = 1 << 20
"""Bytes of a file read at a time."""

IMPORT_CLOSE_SHARE: Final = 0.05
"""Share of a list that may vanish without an operator's word. Reorganisations close one or two units of a hundred;
a list that lost more was probably cut short."""

IMPORT_CLOSE_FEW: Final = 20
"""Entries of single units (contacts, KEP addresses) that may always vanish with one file."""

IMPORT_REFUSALS_KEPT: Final = 1_000
"""Refused rows kept in the report; all are printed as they are met."""

IMPORT_DUTIES_AGAIN: Final = 50_000
"""Duties of a file that are tried once more at its end, where the one in their way may have ended with a later row:
more than change hands between two files, few enough to be held in memory."""

IMPORT_GOING_SHOWN: Final = 10
"""So many of the entries that a held change would close are shown: enough to see whether the list is a wrong one."""

IMPORT_ITEM_ELEMENTS: Final = 120_000
"""Elements of one row of a saved answer: the list of all institutions on a newer package version is one row."""

IMPORT_COLUMNS: Final = 256
"""Columns of a table."""

IMPORT_FIELD: Final = 1 << 20
"""Characters of one field of a CSV file: a certificate in base64 has some three thousand."""

SHEET_ENTRIES: Final = 2_000
"""Entries of an XLSX file's ZIP container; an ordinary workbook has a dozen."""

SHEET_BYTES: Final = 4 << 30
"""Decoded bytes of an XLSX file: a sheet full to its 1,048,576 rows has less than one GiB."""

SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet, which is what Excel takes; a row with a higher number would stand behind as many empty ones."""

SHEET_SMALL: Final = 64 << 20
"""Decoded bytes of the parts of a workbook that must be read whole (styles, relations)."""

# The package service -----------------------------------------------------------------------------------------------

PAKET_BODY: Final = 64 << 20
"""Bytes of one request to the package service, all parts of an MTOM message included. A typical package has one
megabyte; the request is held in memory, twice while it is taken apart. Larger packages go to the command line."""

PAKET_TEXT: Final = 9_500_000
"""Characters of a package as base64 inside the envelope: libxml2 takes no text of ten million. About 7 MB of package;
larger ones come by MTOM."""

# İYEM ----------------------------------------------------------------------------------------------------------------

IYEM_FILE: Final = 33_554_432
"""Bytes of a file of managers: room for the 100,000 units of the largest ministry, ten times what most need."""

INTENDED_SIGNERS: Final = 100
"""People about whom one question before signing may ask: far more than ever sign one letter, few enough that the
answer stays one page. ``PaketServis.wsdl`` says the same."""

DESCRIPTION: Final = 16 << 20
"""Bytes of the description of a package that is to be built: a letter to 10,000 addressees has about four megabytes."""
