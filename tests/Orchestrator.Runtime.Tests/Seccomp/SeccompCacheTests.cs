using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

public sealed class SeccompCacheTests : IDisposable
{
    private readonly string parent = Directory.CreateTempSubdirectory("orch-seccomp").FullName;

    private string Place => $"{parent}/cache";

    public void Dispose() => Directory.Delete(parent, recursive: true);

    [Fact]
    public void A_program_found_again_is_the_one_that_was_compiled()
    {
        var compiled = new SeccompCache(Place).Get(Profile("mkdir"));

        var found = new SeccompCache(Place).Get(Profile("mkdir"));

        Assert.Equal(compiled.Flags, found.Flags);
        Assert.Equal(compiled.Instructions, found.Instructions);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Place))));
    }

    [Fact]
    public void What_is_found_is_what_is_used()
    {
        var cache = new SeccompCache(Place);
        cache.Get(Profile("mkdir"));
        cache.Get(Profile("rmdir"));
        var files = Directory.GetFiles(Place);
        var (first, second) = (File.ReadAllBytes(files[0]), File.ReadAllBytes(files[1]));

        File.WriteAllBytes(files[0], second); // As if the two had one hash.
        File.WriteAllBytes(files[1], first);

        Assert.Equal(SeccompCompiler.Compile(Profile("mkdir")).Instructions, cache.Get(Profile("mkdir")).Instructions);
        Assert.Equal(SeccompCompiler.Compile(Profile("rmdir")).Instructions, cache.Get(Profile("rmdir")).Instructions);
    }

    [Fact]
    public void A_file_with_any_bit_changed_or_cut_short_is_not_used()
    {
        var cache = new SeccompCache(Place);
        var good = cache.Get(Profile("mkdir")).Instructions;
        var file = Assert.Single(Directory.GetFiles(Place));
        var whole = File.ReadAllBytes(file);
        for (var i = 0; i < whole.Length; i += 5)
        {
            if (i is >= 20 and < 24)
                continue; // Unused.
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x10;
            File.WriteAllBytes(file, damaged);
            var changed = cache.Get(Profile("mkdir"));
            File.WriteAllBytes(file, whole[..i]);
            var cut = cache.Get(Profile("mkdir"));

            Assert.True(good.SequenceEqual(changed.Instructions) && good.SequenceEqual(cut.Instructions), $"byte {i}");
        }
    }

    [Fact]
    public void A_directory_that_others_may_write_is_not_used()
    {
        new SeccompCache(Place).Get(Profile("mkdir"));
        var file = Assert.Single(Directory.GetFiles(Place));
        File.SetUnixFileMode(Place, (UnixFileMode)0x1ff);
        var stamp = File.GetLastWriteTimeUtc(file);
        File.SetLastWriteTimeUtc(file, stamp.AddDays(-1));

        new SeccompCache(Place).Get(Profile("mkdir"));
        new SeccompCache(Place).Get(Profile("rmdir"));

        Assert.Equal([file], Directory.GetFiles(Place));
        Assert.Equal(stamp.AddDays(-1), File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public void Ever_new_profiles_do_not_fill_the_memory()
    {
        var cache = new SeccompCache(Place);
        for (var i = 0; i < 200; i++)
            cache.Get(Profile("mkdir", errno: (uint)i));

        Assert.InRange(Directory.GetFiles(Place).Length, 1, 64);
    }

    [Fact]
    public void Without_a_place_to_keep_it_a_program_is_compiled_all_the_same() =>
        Assert.Equal(
            SeccompCompiler.Compile(Profile("mkdir")).Instructions,
            new SeccompCache("/proc/nowhere/cache").Get(Profile("mkdir")).Instructions);

    private static SeccompSpec Profile(string name, uint errno = 1) => new()
    {
        DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [new() { Names = [name], Action = "SCMP_ACT_ERRNO", ErrnoRet = errno }],
    };
}
