using System.IO.Pipelines;
using Orchestrator.Images;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Copying;

/// <summary>Copies files from tree to tree, and tells what is to be copied by its content.</summary>
internal static class TreeCopier
{
    /// <summary>The digest of all that a copy of the item would bring, times left out: 64 hex digits.</summary>
    public static async Task<string> DigestAsync(CopyItem item, CopyDress dress, CancellationToken cancellationToken)
    {
        await using var digest = new DigestStream();
        await WriteAsync(
            item, digest, "item", entry => dress.Apply(entry) with { Modified = DateTimeOffset.UnixEpoch },
            cancellationToken);
        return digest.Hex;
    }

    /// <param name="root">The tree to copy to.</param>
    /// <param name="folder">There, without links on the way, and made already.</param>
    /// <param name="name">What the item is called there; empty: what is in it is copied.</param>
    /// <exception cref="BuildException">Something is in the way.</exception>
    public static async Task CopyAsync(CopyItem item, CopyDress dress, DirectoryHandle root, string folder,
        string name, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var writing = WriteAsync(item, pipe.Writer, name, dress, cancellationToken);
        try
        {
            var extractor = new TreeExtractor(root, folder) { KeepsKinds = true };
            await extractor.ExtractAsync(new TarReader(pipe.Reader.AsStream()), cancellationToken);
        }
        catch (TarException e)
        {
            throw new BuildException(e.Message, inner: e);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await writing;
    }

    private static async Task WriteAsync(
        CopyItem item, PipeWriter writer, string name, CopyDress dress, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(item, writer.AsStream(leaveOpen: true), name, dress.Apply, cancellationToken);
            await writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
            throw;
        }
    }

    private static async Task WriteAsync(CopyItem item, Stream target, string name,
        Func<TarEntry, TarEntry> change, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(target);
        var prefix = item.Path.Length == 0 ? "" : item.Path + "/";
        var archiver = new TreeArchiver(tar)
        {
            Change = change,
            Skips = path => item.IsFolder && item.Leaves(prefix + WithoutFirst(path, name)),
        };
        var (folder, last) = item.IsFolder ? (item.Path, ".") : Split(item.Path);
        using var opened = item.Tree.OpenDirectoryIn(folder.Length == 0 ? "." : folder);
        await archiver.WriteAsync(opened, last, name, cancellationToken);
        await tar.FinishAsync(cancellationToken);
    }

    private static string WithoutFirst(string path, string first) =>
        first.Length > 0 && path.StartsWith(first + "/", StringComparison.Ordinal) ? path[(first.Length + 1)..] : path;

    private static (string Folder, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }
}
