using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>
/// Keeps the node's identity on disk: key, certificate and root in one file, so that they always fit.
/// </summary>
/// <param name="directory">Made when it is not there.</param>
/// <param name="syncDirectory">fsyncs a directory, which .NET cannot; null: left to the file system.</param>
public sealed class IdentityStore(string directory, Action<string>? syncDirectory = null)
{
    public const string FileName = "swarm-node.pem";

    public string FilePath { get; } = Path.Combine(directory, FileName);

    /// <returns>Null: this node is in no cluster.</returns>
    /// <exception cref="UserException">There is an identity, but it is damaged.</exception>
    public NodeIdentity? Load()
    {
        string pem;
        try
        {
            pem = File.ReadAllText(FilePath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            return Parse(pem);
        }
        catch (CryptographicException e)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition,
                $"the node identity in {FilePath} is damaged: {e.Message}",
                "Restore the file, or join anew: orch swarm leave --force, then orch swarm join.",
                e);
        }
    }

    /// <summary>Replaces what is there; a loss of power leaves the old or the new.</summary>
    public void Save(NodeIdentity identity)
    {
        Directory.CreateDirectory(
            directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var temporary = FilePath + ".tmp";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using (var writer = new StreamWriter(file, leaveOpen: true))
                writer.Write(identity.KeyPem + identity.CertificatePem + identity.RootPem);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, FilePath, overwrite: true);
        syncDirectory?.Invoke(directory);
    }

    /// <summary>Leaves the cluster as far as this disk is concerned.</summary>
    public void Delete()
    {
        if (!Directory.Exists(directory))
            return;
        File.Delete(FilePath);
        syncDirectory?.Invoke(directory);
    }

    private static NodeIdentity Parse(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates is [var own, var root]
            ? NodeIdentity.FromPem(pem, own.ExportCertificatePem(), root.ExportCertificatePem())
            : throw new CryptographicException($"It holds {certificates.Count} certificates instead of two.");
    }
}
