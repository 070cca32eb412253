namespace Orchestrator.Cli.Contexts;

/// <summary>The content of <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>; each may be absent.</summary>
internal sealed record TlsFiles(byte[]? Ca, byte[]? Certificate, byte[]? Key)
{
    public static TlsFiles None { get; } = new(null, null, null);

    public bool IsEmpty => Ca is null && Certificate is null && Key is null;

    /// <summary>Those that are there, under the names they have on disk.</summary>
    public IEnumerable<(string Name, byte[] Content)> Present
    {
        get
        {
            if (Ca is not null) yield return ("ca.pem", Ca);
            if (Certificate is not null) yield return ("cert.pem", Certificate);
            if (Key is not null) yield return ("key.pem", Key);
        }
    }

    /// <summary>Those of a folder.</summary>
    public static TlsFiles Read(string folder) =>
        new(ReadIfThere(folder, "ca.pem"), ReadIfThere(folder, "cert.pem"), ReadIfThere(folder, "key.pem"));

    public TlsFiles With(string name, byte[] content) => name switch
    {
        "ca.pem" => this with { Ca = content },
        "cert.pem" => this with { Certificate = content },
        "key.pem" => this with { Key = content },
        _ => this,
    };

    private static byte[]? ReadIfThere(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
