"""A registry that a person can try: shaped like the real one, deterministic, and nobody in it exists.

What is real: the names, plate codes, area codes and districts of the 81 provinces; the names and ranks of the main
institutions, when ministries were renamed or closed; numbers and Gazette dates of laws. Everything else is invented:
what hangs below an institution, universities, every number, address, person and duty.

- DETSİS numbers are consecutive from :data:`hub.sample.structure.FIRST_NUMBER` (10000000), so a load script can ask
  for any of them.
- T.C. kimlik numbers begin with 80 and pass the checksum (:mod:`hub.sample.people`), T.C. Yönetici Kodu numbers begin
  at 20000000.
- Telephone numbers cannot be dialled, hosts end in ``.example`` (:mod:`hub.sample.delivery`).
- Certificates are real X.509 and trusted by nobody; they alone differ from run to run (:mod:`hub.sample.certificates`).

The history ends in January 2026. :class:`hub.sample.generate.Sample` makes the rows, :func:`hub.sample.load.load`
writes them.
"""
