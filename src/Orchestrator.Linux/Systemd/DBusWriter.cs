using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Linux.Systemd;

/// <summary>Values as D-Bus puts them on the wire, little endian, each aligned to its size.</summary>
/// <remarks>Source: D-Bus specification, "Marshaling".</remarks>
internal sealed class DBusWriter
{
    private readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public byte[] ToArray() => [.. bytes];

    public void Align(int size)
    {
        while (bytes.Count % size != 0)
            bytes.Add(0);
    }

    public void Byte(byte value) => bytes.Add(value);

    public void Number(uint value)
    {
        Align(4);
        var text = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(text, value);
        bytes.AddRange(text);
    }

    /// <summary>A string, or an object path.</summary>
    public void Text(string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        Number((uint)text.Length);
        bytes.AddRange(text);
        bytes.Add(0);
    }

    public void Signature(string value)
    {
        bytes.Add((byte)value.Length);
        bytes.AddRange(Encoding.ASCII.GetBytes(value));
        bytes.Add(0);
    }

    /// <param name="alignment">Of an element: 8 for structures, else its size.</param>
    public void Array(int alignment, Action elements)
    {
        Number(0);
        var length = bytes.Count - 4;
        Align(alignment); // Not counted in the length.
        var first = bytes.Count;
        elements();
        var text = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(text, (uint)(bytes.Count - first));
        for (var i = 0; i < 4; i++)
            bytes[length + i] = text[i];
    }

    /// <summary>A structure of a name and a value that says its type.</summary>
    public void Property(string name, string type, Action value)
    {
        Align(8);
        Text(name);
        Signature(type);
        value();
    }

    public void Raw(byte[] value) => bytes.AddRange(value);
}
