// Drives the proxy that `wsdl` generates from the served ?WSDL. Arguments: address, KurumID, password, version (1 or 2).
// Each line of standard input is a call: operation, then for each input a tab and its value ("\N" is null; items of a
// list are separated by commas). Each line of standard output is the answer as JSON.
using System;
using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Web.Services.Protocols;

class Call
{
    static void Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        var input = new System.IO.StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        var proxy = new DETSISServis();
        proxy.Url = args[0];
        proxy.SoapVersion = args[3] == "2" ? SoapProtocolVersion.Soap12 : SoapProtocolVersion.Soap11;
        proxy.BbServiceAuthenticationValue = new BbServiceAuthentication { KurumID = args[1], Password = args[2] };
        string line;
        while ((line = input.ReadLine()) != null)
        {
            var words = line.Split('\t');
            var answer = new StringBuilder();
            try
            {
                MethodInfo method = typeof(DETSISServis).GetMethod(words[0]);
                ParameterInfo[] parameters = method.GetParameters();
                var values = new object[parameters.Length];
                for (int i = 0; i < values.Length; i++)
                    values[i] = Read(i + 1 < words.Length ? words[i + 1] : "\\N", parameters[i].ParameterType);
                Write(answer, method.Invoke(proxy, values));
            }
            catch (TargetInvocationException error)
            {
                answer.Length = 0;
                answer.Append("{\"fault\":");
                Quote(answer, error.InnerException.Message);
                answer.Append('}');
            }
            Console.WriteLine(answer.ToString());
        }
    }

    internal static object Read(string text, Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type);
        if (text == "\\N") return type.IsValueType && inner == null ? Activator.CreateInstance(type) : null;
        if (inner != null) type = inner;
        if (type == typeof(int)) return int.Parse(text, CultureInfo.InvariantCulture);
        if (type == typeof(DateTime)) return DateTime.Parse(text, CultureInfo.InvariantCulture);
        if (type == typeof(int[])) return text == "" ? new int[0] : Array.ConvertAll(text.Split(','), int.Parse);
        if (type == typeof(string[])) return text.Split(',');
        return text;
    }

    internal static void Write(StringBuilder to, object value)
    {
        if (value == null) to.Append("null");
        else if (value is bool) to.Append((bool)value ? "true" : "false");
        else if (value is int) to.Append(((int)value).ToString(CultureInfo.InvariantCulture));
        else if (value is string) Quote(to, (string)value);
        else if (value is DateTime) Quote(to, ((DateTime)value).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));
        else if (value is byte[]) Quote(to, Convert.ToBase64String((byte[])value));
        else if (value is IEnumerable)
        {
            to.Append('[');
            bool first = true;
            foreach (object item in (IEnumerable)value)
            {
                if (!first) to.Append(',');
                Write(to, item);
                first = false;
            }
            to.Append(']');
        }
        else
        {
            to.Append('{');
            bool first = true;
            foreach (PropertyInfo property in value.GetType().GetProperties())
            {
                if (!first) to.Append(',');
                Quote(to, property.Name);
                to.Append(':');
                Write(to, property.GetValue(value, null));
                first = false;
            }
            to.Append('}');
        }
    }

    internal static void Quote(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (char c in text)
        {
            if (c == '"' || c == '\\') to.Append('\\').Append(c);
            else if (c < ' ') to.Append("\\u").Append(((int)c).ToString("x4"));
            else to.Append(c);
        }
        to.Append('"');
    }
}
