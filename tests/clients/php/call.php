<?php
// Reads {"wsdl", "location", "version": 1|2, "kurum_id", "password", "calls": [{"operation", "input"}]} as JSON from
// standard input and prints {"operation": answer | {"fault": text}} as JSON. What PHP reads is what an EBYS in PHP reads.
$job = json_decode(stream_get_contents(STDIN), true);
$client = new SoapClient($job['wsdl'], [
    'soap_version' => $job['version'] === 2 ? SOAP_1_2 : SOAP_1_1,
    'cache_wsdl' => WSDL_CACHE_NONE,
    'exceptions' => true,
    'trace' => true,
]);
$client->__setSoapHeaders(new SoapHeader('http://kaysis.gov.tr/', 'BbServiceAuthentication', [
    'KurumID' => $job['kurum_id'],
    'Password' => $job['password'],
]));
$answers = [];
foreach ($job['calls'] as $number => $call) {
    try {
        // Binary fields arrive decoded; JSON needs text, so they are written in base64 again.
        $answer = $client->__soapCall($call['operation'], [$call['input'] === [] ? new stdClass() : $call['input']]);
        encode_binary($answer);
        $answers[$number] = $answer;
    } catch (SoapFault $fault) {
        $answers[$number] = ['fault' => $fault->getMessage()];
    }
}
function encode_binary(&$value)
{
    if (is_string($value) && !preg_match('//u', $value)) {
        $value = base64_encode($value);
    } elseif (is_object($value) || is_array($value)) {
        foreach ($value as &$item) {
            encode_binary($item);
        }
    }
}
echo json_encode((object) $answers, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
