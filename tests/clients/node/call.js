// Reads {"wsdl", "version", "kurum_id", "password", "calls": [{"operation", "input"}]} as JSON from standard input and
// prints {"number of the call": answer | {"fault": text}} as JSON.
'use strict';
const soap = require('soap');

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const job = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const client = await soap.createClientAsync(job.wsdl, { forceSoap12Headers: job.version === 2 });
  client.addSoapHeader(
    { BbServiceAuthentication: { KurumID: job.kurum_id, Password: job.password } },
    '', '', 'http://kaysis.gov.tr/');
  // A header entry in the service's namespace, as the library's users write it.
  client.clearSoapHeaders();
  client.addSoapHeader(
    '<BbServiceAuthentication xmlns="http://kaysis.gov.tr/"><KurumID>' + job.kurum_id + '</KurumID><Password>' +
    job.password + '</Password></BbServiceAuthentication>');
  const answers = {};
  for (let number = 0; number < job.calls.length; number++) {
    const { operation, input } = job.calls[number];
    try {
      const [result] = await client[operation + 'Async'](input);
      answers[number] = result;
    } catch (error) {
      answers[number] = { fault: String(error.message) };
    }
  }
  process.stdout.write(JSON.stringify(answers) + '\n');
}
main().catch((error) => { console.error(error.message); process.exit(1); });
