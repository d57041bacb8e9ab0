// Drives the service contract of wcf.py over WCF, with the same arguments and lines as Call.cs.
using System;
using System.Reflection;
using System.Runtime.Serialization;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.Text;

[DataContract(Name = "BbServiceAuthentication", Namespace = "http://kaysis.gov.tr/")]
public class Credentials
{
    [DataMember] public string KurumID;
    [DataMember] public string Password;
}

class Wcf
{
    static void Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        var input = new System.IO.StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        var credentials = new Credentials { KurumID = args[1], Password = args[2] };
        IDetsis service = new ChannelFactory<IDetsis>(Bound(args[3] == "2"), new EndpointAddress(args[0])).CreateChannel();
        string line;
        while ((line = input.ReadLine()) != null)
        {
            var words = line.Split('\t');
            var answer = new StringBuilder();
            try
            {
                MethodInfo method = typeof(IDetsis).GetMethod(words[0]);
                Type kind = method.GetParameters()[0].ParameterType;
                object asked = Activator.CreateInstance(kind);
                int at = 1;
                foreach (FieldInfo field in kind.GetFields())
                    field.SetValue(asked, field.FieldType == typeof(Credentials)
                        ? credentials : Call.Read(at < words.Length ? words[at++] : "\\N", field.FieldType));
                object told = method.Invoke(service, new[] { asked });
                Call.Write(answer, told.GetType().GetFields()[0].GetValue(told));
            }
            catch (TargetInvocationException error)
            {
                answer.Length = 0;
                answer.Append("{\"fault\":");
                Call.Quote(answer, error.InnerException.Message);
                answer.Append('}');
            }
            Console.WriteLine(answer.ToString());
        }
    }

    static Binding Bound(bool soap12)
    {
        var text = new TextMessageEncodingBindingElement(
            MessageVersion.CreateVersion(soap12 ? EnvelopeVersion.Soap12 : EnvelopeVersion.Soap11, AddressingVersion.None),
            new UTF8Encoding(false));
        if (soap12) return new CustomBinding(text, new HttpTransportBindingElement { MaxReceivedMessageSize = 1 << 30 });
        var binding = new BasicHttpBinding { MaxReceivedMessageSize = 1 << 30 };
        binding.ReaderQuotas.MaxArrayLength = 1 << 30;
        binding.ReaderQuotas.MaxStringContentLength = 1 << 30;
        return binding;
    }
}
