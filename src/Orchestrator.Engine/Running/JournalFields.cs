using System.Buffers.Binary;
using System.Text;
using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

/// <summary>What each entry of a container's has in systemd's journal, in its native protocol. Names are docker's.
/// </summary>
internal static class JournalFields
{
    /// <param name="option">The value of a log option, or null.</param>
    public static byte[] Of(ContainerRecord record, Func<string, string?> option)
    {
        var tag = LogAttributes.Tag(option("tag") is { Length: > 0 } asked ? asked : "{{.ID}}", record);
        using var fields = new MemoryStream();
        Put(fields, "CONTAINER_ID", record.ShortId);
        Put(fields, "CONTAINER_ID_FULL", record.Id);
        Put(fields, "CONTAINER_NAME", record.Name);
        Put(fields, "CONTAINER_TAG", tag);
        Put(fields, "IMAGE_NAME", record.Spec.Image);
        Put(fields, "SYSLOG_IDENTIFIER", tag);
        foreach (var (name, value) in LogAttributes.Chosen(record, option))
            Put(fields, NameOf(name), value);
        return fields.ToArray();
    }

    private static void Put(MemoryStream to, string name, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        to.Write(Encoding.ASCII.GetBytes(name));
        if (text.Contains((byte)'\n'))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            to.WriteByte((byte)'\n');
            to.Write(length);
        }
        else
        {
            to.WriteByte((byte)'=');
        }

        to.Write(text);
        to.WriteByte((byte)'\n');
    }

    /// <summary>The journal takes capitals, digits and underscores, and no underscore first.</summary>
    private static string NameOf(string name) => string.Concat(name.ToUpperInvariant().Select(
        letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) ? letter : '_')).TrimStart('_');
}
