using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Network.Proxying;

/// <summary>The folder by which the daemon and orch-ingress speak: files that are replaced whole.</summary>
/// <remarks>Nothing has to be asked or repeated: whichever of the two starts later finds what the other said last.</remarks>
internal sealed class ProxyFolder(string root)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Root => root;

    public string Log => Path.Combine(root, "ingress.log");

    public string Lock => Path.Combine(root, "lock");

    public string StateFile => Path.Combine(root, "state.json");

    private string StatusFile => Path.Combine(root, "status.json");

    /// <summary>Has keys in it, so the folder is for its owner alone.</summary>
    public void Create() => Directory.CreateDirectory(root, OwnerOnly | UnixFileMode.UserExecute);

    /// <returns>The version of what was written.</returns>
    public string Put(ProxyState state)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(state, ProxyJson.Default.ProxyState);
        Replace(StateFile, bytes);
        return VersionOf(bytes);
    }

    public void Put(ProxyStatus status) =>
        Replace(StatusFile, JsonSerializer.SerializeToUtf8Bytes(status, ProxyJson.Default.ProxyStatus));

    /// <returns>Null: nothing was ever written.</returns>
    /// <exception cref="IOException">It cannot be read just now: descriptors are used up, or the disk fails.</exception>
    public (ProxyState State, string Version)? State() => Read(StateFile) is { } bytes
        && Parse(bytes, ProxyJson.Default.ProxyState) is { } state ? (state, VersionOf(bytes)) : null;

    /// <returns>Null: there is none yet.</returns>
    /// <inheritdoc cref="State"/>
    public ProxyStatus? Status() => Read(StatusFile) is { } bytes ? Parse(bytes, ProxyJson.Default.ProxyStatus) : null;

    private static string VersionOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static void Replace(string path, byte[] bytes)
    {
        var next = path + ".tmp";
        File.Delete(next);
        using (var file = new FileStream(next, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly,
        }))
            file.Write(bytes);
        File.Move(next, path, overwrite: true);
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static T? Parse<T>(byte[] bytes, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null; // Of another version of ours: as good as none.
        }
    }
}
