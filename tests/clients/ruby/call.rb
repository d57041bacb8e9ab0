# What Savon 2 sends and how its callers read the answer, written with Net::HTTP and Nokogiri: Savon itself is in no
# Debian package. From Savon are: operations by their snake-case names out of the WSDL, the posting to the address in it,
# the envelope with its prefixes, the header under another prefix than the body, SOAPAction in quotes in both versions,
# the media types, nil for nil, and the reading (one row a hash, several an array, nothing for an empty list, booleans
# and times out of texts).
#
# Reads {"wsdl", "version", "kurum_id", "password", "calls": [{"operation", "input"}]} as JSON from standard input and
# prints {"number of the call": answer | {"fault": text}} as JSON.
require 'json'
require 'net/http'
require 'nokogiri'
require 'time'

NS = 'http://kaysis.gov.tr/'.freeze
XSI = 'http://www.w3.org/2001/XMLSchema-instance'.freeze
ENVELOPE = { 1 => 'http://schemas.xmlsoap.org/soap/envelope/', 2 => 'http://www.w3.org/2003/05/soap-envelope' }.freeze
TYPE = { 1 => 'text/xml', 2 => 'application/soap+xml' }.freeze

def snake(name)
  name.gsub(/([A-Z]+)([A-Z][a-z])/, '\1_\2').gsub(/([a-z\d])([A-Z])/, '\1_\2').downcase
end

def escape(text)
  text.to_s.encode(xml: :text)
end

def written(name, value)
  case value
  when Array then value.map { |item| written(name, item) }.join
  when Hash then value.empty? ? "<tns:#{name}/>" : "<tns:#{name}>#{value.map { |key, inner| written(key, inner) }.join}</tns:#{name}>"
  when nil then "<tns:#{name} xsi:nil=\"true\"/>"
  else "<tns:#{name}>#{escape(value)}</tns:#{name}>"
  end
end

def envelope(job, operation, input)
  body = input.map { |name, value| written(name, value) }.join
  '<?xml version="1.0" encoding="UTF-8"?>' \
    "<env:Envelope xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"#{XSI}\" xmlns:tns=\"#{NS}\" " \
    "xmlns:env=\"#{ENVELOPE[job['version']]}\" xmlns:kay=\"#{NS}\">" \
    "<env:Header><kay:BbServiceAuthentication><kay:KurumID>#{escape(job['kurum_id'])}</kay:KurumID>" \
    "<kay:Password>#{escape(job['password'])}</kay:Password></kay:BbServiceAuthentication></env:Header>" \
    "<env:Body><tns:#{operation}>#{body}</tns:#{operation}></env:Body></env:Envelope>"
end

def cast(text)
  case text
  when 'true' then true
  when 'false' then false
  when /\A-?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?\z/ then Time.iso8601(text.end_with?('Z') ? text : "#{text}Z").utc
  else text
  end
end

def read(element)
  return nil if element.attribute_with_ns('nil', XSI)&.value == 'true'

  children = element.element_children
  return element.text.empty? ? nil : cast(element.text) if children.empty?

  children.each_with_object({}) do |child, found|
    value = read(child)
    found[child.name] = found.key?(child.name) ? [*(found[child.name].is_a?(Array) ? found[child.name] : [found[child.name]]), value] : value
  end
end

def plain(value)
  case value
  when Hash then value.transform_values { |inner| plain(inner) }
  when Array then value.map { |inner| plain(inner) }
  when Time then value.strftime(value.usec.zero? ? '%Y-%m-%dT%H:%M:%S' : '%Y-%m-%dT%H:%M:%S.%6N')
  else value
  end
end

job = JSON.parse($stdin.read)
wsdl = Nokogiri::XML(Net::HTTP.get(URI(job['wsdl'])))
wsdl.remove_namespaces!
port = wsdl.xpath('//service/port')[job['version'] - 1]
address = URI(port.at_xpath('address')['location'])
binding = wsdl.at_xpath("//binding[@name='#{port['binding'].split(':').last}']")
operations = binding.xpath('operation').to_h { |one| [snake(one['name']), [one['name'], one.at_xpath('operation')['soapAction']]] }

answers = {}
Net::HTTP.start(address.host, address.port, read_timeout: 60) do |http|
  job['calls'].each_with_index do |call, number|
    name, action = operations.fetch(snake(call['operation']))
    headers = { 'SOAPAction' => %("#{action}"), 'Content-Type' => "#{TYPE[job['version']]};charset=UTF-8" }
    answer = http.post(address.request_uri, envelope(job, name, call['input']), headers)
    body = Nokogiri::XML(answer.body, &:huge)
    body = body.at_xpath('/e:Envelope/e:Body', 'e' => ENVELOPE[job['version']]).element_children.first
    fault = body.name == 'Fault' ? body.at_xpath('.//faultstring | .//*[local-name()="Text"]').text : nil
    answers[number] = fault ? { fault: fault } : plain(read(body))
  end
end
puts JSON.generate(answers)
