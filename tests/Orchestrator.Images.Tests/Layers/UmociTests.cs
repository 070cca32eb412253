using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Orchestrator.Images.Tar;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests.Layers;

/// <summary>A corpus that hits every feature of tar, unpacked by us and by Debian's umoci: the trees are the same.</summary>
public sealed class UmociTests
{
    private static readonly string Deep = string.Join('/', Enumerable.Repeat("a-rather-long-component-of-a-name", 9));
    private static readonly DateTimeOffset When = DateTimeOffset.UnixEpoch.AddTicks(12_345_678_901_234_567);

    [RootFact]
    public async Task An_image_unpacks_to_the_tree_that_umoci_makes_of_it()
    {
        using var folder = new TemporaryFolder();
        await using var node = await TestNode.StartAsync();
        var layers = new[] { await BaseAsync(folder), Changes() };
        await WriteLayoutAsync(folder["layout"], layers);
        await RunAsync("umoci", "unpack", "--image", folder["layout"] + ":test", folder["theirs"]);
        await RunAsync("tar", "-C", folder["layout"], "-cf", folder["layout.tar"], ".");
        await using var archive = File.OpenRead(folder["layout.tar"]);

        var image = Assert.Single(await node.Images.LoadAsync(archive, null, default));
        var snapshot = await node.Images.PrepareAsync("c", image, default);
        Directory.CreateDirectory(folder["ours"]);
        await RunAsync("mount", "-t", "overlay", "orch-test", "-o", $"ro,lowerdir={string.Join(':', snapshot.LowerDirs)}", folder["ours"]);
        try
        {
            var (theirs, ours) = (Lines(folder["theirs/rootfs"]), Lines(folder["ours"]));
            Assert.True(
                theirs.SequenceEqual(ours),
                $"theirs alone:\n{string.Join('\n', theirs.Except(ours))}\nours alone:\n{string.Join('\n', ours.Except(theirs))}");
        }
        finally
        {
            await RunAsync("umount", folder["ours"]);
        }
    }

    private static async Task<byte[]> BaseAsync(TemporaryFolder folder)
    {
        // Holes come from GNU tar, as they do in the field; the rest is ours, to the byte.
        Directory.CreateDirectory(folder["in"]);
        await using (var file = File.Create(folder["in/sparse"]))
        {
            file.Position = 1 << 20;
            await file.WriteAsync("end"u8.ToArray());
        }

        await RunAsync("tar", "--sparse", "--format=posix", "--mtime=@1000000000", "-C", folder["in"], "-cf", folder["sparse.tar"], "sparse");
        return
        [
            .. new TarBuilder()
                .Folder("etc").Folder("tmp", 0x3FF).Folder("shared", 0x5ED).Folder("gone").File("gone/a", "a")
                .Folder("hidden").File("hidden/below", "b").Folder("becomes-file").File("becomes-file/x", "x").File("becomes-folder", "f")
                .Folder("kept").File("kept/one", "1").File("kept/two", "2")
                .Add(File_("setuid", 0x9ED) with { Uid = 3_000_000_000, Gid = 1 << 21 }, "#!")
                .Add(File_("when") with { Modified = When }, "now")
                .Add(File_("before-1970") with { Modified = DateTimeOffset.UnixEpoch.AddSeconds(-1.5) }, "old")
                .File($"{Deep}/file", "deep").File("name with spaces\nand a line", "odd").File("größe-名前", "unicode")
                .Symlink("absolute", "/etc/name").Symlink("relative", "etc/../setuid").Symlink("dangling", "no/where").Symlink("long", Deep)
                .HardLink("second-name", "when").HardLink("third-name", "second-name")
                .Add(new TarEntry { Name = "null", Kind = TarKind.CharacterDevice, DeviceMajor = 1, DeviceMinor = 3, Mode = 0x1B6 })
                .Add(new TarEntry { Name = "loop", Kind = TarKind.BlockDevice, DeviceMajor = 7, DeviceMinor = 300, Mode = 0x1B0 })
                .Add(new TarEntry { Name = "pipe", Kind = TarKind.Fifo, Mode = 0x180 })
                .Add(File_("ping", 0x1ED) with { Xattrs = Attributes("security.capability", [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) }, "ping")
                .Add(new TarEntry { Name = "noted", Kind = TarKind.Directory, Mode = 0x1C0, Xattrs = Attributes("user.note", [0xff, 0, (byte)'\n', (byte)'=']) })
                .File("etc/name", "base").Build()[..^1024],
            .. await File.ReadAllBytesAsync(folder["sparse.tar"]),
        ];
    }

    private static byte[] Changes() => new TarBuilder()
        .File(".wh.gone", "").Folder("hidden", 0x1C0).File("hidden/.wh..wh..opq", "").File("hidden/above", "a")
        .File("becomes-file", "now a file").Folder("becomes-folder").File("becomes-folder/in", "it")
        .Folder("kept", 0x1FF).File("kept/.wh.one", "").File("kept/three", "3")
        .File("etc/name", "changed").Symlink("loop", "etc/name").File("absolute", "no link any more")
        .Build();

    private static TarEntry File_(string name, uint mode = 0x1A4) => new() { Name = name, Kind = TarKind.File, Mode = mode };

    private static Dictionary<string, byte[]> Attributes(string name, byte[] value) => new() { [name] = value };

    private static async Task WriteLayoutAsync(string folder, byte[][] layers)
    {
        Directory.CreateDirectory($"{folder}/blobs/sha256");
        async Task<Descriptor> AddAsync(byte[] bytes, string type)
        {
            await File.WriteAllBytesAsync($"{folder}/blobs/sha256/{Digest.Of(bytes).Hex}", bytes);
            return Descriptor.Of(bytes, type);
        }

        var config = new ImageConfig { Os = "linux", Architecture = "amd64", RootFs = new RootFs { DiffIds = [.. layers.Select(l => Digest.Of(l))] } };
        var manifest = new Manifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = await AddAsync(ImageJson.Write(config), MediaTypes.OciConfig),
            Layers = [await AddAsync(TarBuilder.Gzip(layers[0]), MediaTypes.OciLayerGzip), await AddAsync(layers[1], MediaTypes.OciLayer)],
        };
        var top = await AddAsync(ImageJson.Write(manifest), MediaTypes.OciManifest) with { Annotations = new() { ["org.opencontainers.image.ref.name"] = "test" } };
        await File.WriteAllBytesAsync($"{folder}/index.json", ImageJson.Write(new ImageIndex { Manifests = [top] }));
        await File.WriteAllTextAsync($"{folder}/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
    }

    /// <summary>A line for all that is to be the same about each entry, in the order of their names.</summary>
    private static List<string> Lines(string root)
    {
        var inodes = new Dictionary<ulong, string>();
        return [.. Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, ReturnSpecialDirectories = false })
            .Order(StringComparer.Ordinal).Select(Line)];

        string Line(string path)
        {
            var name = path[(root.Length + 1)..];
            var stat = Run("stat", "-c", "%f %u %g %t:%T %h %i", path).Split(' ');
            var first = inodes.TryAdd(ulong.Parse(stat[5], CultureInfo.InvariantCulture), name) ? name : inodes[ulong.Parse(stat[5], CultureInfo.InvariantCulture)];
            var isLink = new FileInfo(path).LinkTarget;
            var isFolder = isLink is null && Directory.Exists(path);
            var isFile = isLink is null && stat[0].StartsWith('8');
            // Folders that no layer names are made by whoever unpacks, whenever that is.
            var isImplied = isFolder && Deep.StartsWith(name, StringComparison.Ordinal);
            var time = isImplied ? "-" : Run("stat", "-c", "%.Y", path);
            var content = isFile ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))[..12] : isLink ?? "";
            var attributes = isLink is not null ? [] : ExtendedAttributes.List(path).Where(a => !a.StartsWith("trusted.", StringComparison.Ordinal) && !a.StartsWith("user.umoci", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(a => $"{a}={Convert.ToHexString(ExtendedAttributes.Get(path, a)!)}").ToArray();
            return $"{name} mode {stat[0]} owner {stat[1]}:{stat[2]} device {stat[3]} links {(isFolder ? "-" : stat[4])} as {first} at {time} is {content} {string.Join(',', attributes)}";
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed");
    }

    private static async Task RunAsync(string program, params string[] arguments) => await Task.Run(() => Run(program, arguments));
}
