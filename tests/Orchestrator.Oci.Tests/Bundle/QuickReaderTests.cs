using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;

namespace Orchestrator.Oci.Tests.Bundle;

public sealed class QuickReaderTests
{
    private static readonly RuntimeSpec Usual = ContainerDefaults.Spec("rootfs", ["sh"], "/orch/x") with
    {
        Hostname = "h",
        Domainname = "d",
        Annotations = new() { ["a"] = "b" },
        Process = new ProcessSpec
        {
            Terminal = true,
            Args = ["sh"],
            Env = ["A=ü"],
            Cwd = "/w",
            User = new UserSpec(1, 2, [3, 4], 18),
            Capabilities = ContainerDefaults.CapabilitySets(["CAP_KILL"], isRoot: true),
            Rlimits = [new RlimitSpec("RLIMIT_NOFILE", 1, RlimitSpec.Unlimited)],
            NoNewPrivileges = true,
            OomScoreAdj = -5,
            ApparmorProfile = "p",
            SelinuxLabel = "l",
        },
        Linux = new LinuxSpec
        {
            Namespaces = [new NamespaceSpec("pid"), new NamespaceSpec("network", "/n")],
            Devices = [new DeviceSpec { Type = "c", Path = "/dev/x", Major = 1, Minor = 2, FileMode = 438, Uid = 1, Gid = 2 }],
            CgroupsPath = "/c",
            Resources = new ResourcesSpec
            {
                Devices = [new DeviceRule(Allow: false, Access: "rwm"), new DeviceRule(true, "c", 1, 3, "r")],
                Memory = new MemoryResources { Limit = -1, Reservation = 2, Swap = 3 },
                Cpu = new CpuResources { Shares = 1, Quota = -1, Period = 3, Cpus = "0-1", Mems = "0" },
                Pids = new PidsResources(9),
            },
            Sysctl = new() { ["net.x"] = "1" },
            RootfsPropagation = "rslave",
            MaskedPaths = ["/proc/a"],
            ReadonlyPaths = ["/proc/b"],
            MountLabel = "m",
            Seccomp = ProfileResolver.Resolve(SeccompProfile.Default, ["CAP_KILL"], new Version(6, 1)),
        },
    };

    [Fact]
    public void What_engines_write_is_read_quickly_and_means_the_same()
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(Usual, BundleJson.Default.RuntimeSpec);

        Assert.True(QuickReader.TryRead(bytes, out var read));
        Assert.Equal(Encoding.UTF8.GetString(bytes), Json(read));
    }

    [Theory]
    [InlineData("""{"process":{"user":{},"args":[],"cwd":"/","scheduler":{"policy":"SCHED_FIFO"}}}""")]
    [InlineData("""{"linux":{"resources":{"unified":{"memory.high":"1"}}}}""")]
    [InlineData("""{"linux":{"resources":{"memory":{"swappiness":1}}}}""")]
    [InlineData("""{"linux":{"uidMappings":[]}}""")]
    [InlineData("""{"hooks":{}}""")]
    [InlineData("""{"process":null}""")]
    [InlineData("""{"mounts":[{"type":"bind"}]}""")]
    [InlineData("""{"process":{"args":"sh"}}""")]
    [InlineData("""{"x":1} {}""")]
    [InlineData("""{"x":[null]}""")]
    [InlineData("""{"hostname":"a\u0000b"}""")]
    public void What_is_unusual_or_wrong_is_left_to_the_serializer(string members)
    {
        var config = "{\"ociVersion\":\"1.2.0\"," + members[1..];
        Assert.True(QuickReader.TryRead("""{"ociVersion":"1.2.0"}"""u8, out _));

        Assert.False(QuickReader.TryRead(Encoding.UTF8.GetBytes(config), out _));
    }

    [Theory]
    [InlineData(typeof(RuntimeSpec), "{0}")]
    [InlineData(typeof(RootSpec), "\"root\":{{\"path\":\"x\",{0}}}")]
    [InlineData(typeof(MountSpec), "\"mounts\":[{{\"destination\":\"x\",{0}}}]")]
    [InlineData(typeof(ProcessSpec), "\"process\":{{\"user\":{{}},\"args\":[],\"cwd\":\"/\",{0}}}")]
    [InlineData(typeof(UserSpec), "\"process\":{{\"user\":{{{0}}},\"args\":[],\"cwd\":\"/\"}}")]
    [InlineData(typeof(CapabilitySets), "\"process\":{{\"user\":{{}},\"args\":[],\"cwd\":\"/\",\"capabilities\":{{{0}}}}}")]
    [InlineData(typeof(LinuxSpec), "\"linux\":{{{0}}}")]
    [InlineData(typeof(NamespaceSpec), "\"linux\":{{\"namespaces\":[{{\"type\":\"x\",{0}}}]}}")]
    [InlineData(typeof(DeviceSpec), "\"linux\":{{\"devices\":[{{\"type\":\"x\",\"path\":\"x\",{0}}}]}}")]
    [InlineData(typeof(ResourcesSpec), "\"linux\":{{\"resources\":{{{0}}}}}")]
    [InlineData(typeof(DeviceRule), "\"linux\":{{\"resources\":{{\"devices\":[{{\"allow\":true,{0}}}]}}}}")]
    [InlineData(typeof(SeccompSpec), "\"linux\":{{\"seccomp\":{{\"defaultAction\":\"x\",{0}}}}}")]
    [InlineData(typeof(SyscallRule), "\"linux\":{{\"seccomp\":{{\"defaultAction\":\"x\",\"syscalls\":[{{\"names\":[],\"action\":\"x\",{0}}}]}}}}")]
    public void No_member_that_the_serializer_knows_is_passed_over(Type type, string where)
    {
        string Config(string member) =>
            "{\"ociVersion\":\"1.2.0\"," + string.Format(CultureInfo.InvariantCulture, where, member) + "}";
        bool IsRead(string member) => QuickReader.TryRead(Encoding.UTF8.GetBytes(Config(member)), out _);
        Assert.True(IsRead("\"nosuch\":1") && IsRead("\"nosuch\":\"1\""));

        // One of the two is of the wrong kind, whatever the member is.
        Assert.All(BundleJson.Default.GetTypeInfo(type)!.Properties, property => Assert.False(
            IsRead($"\"{property.Name}\":1") && IsRead($"\"{property.Name}\":\"1\""), property.Name));
    }

    [Fact]
    public void However_it_is_broken_it_never_reads_what_the_serializer_does_not()
    {
        var valid = JsonSerializer.SerializeToUtf8Bytes(
            Usual with { Linux = Usual.Linux! with { Seccomp = null } }, BundleJson.Default.RuntimeSpec);
        Prop.ForAll<int, int, byte>((at, length, value) =>
        {
            var from = (int)((uint)at % valid.Length);
            byte[] broken = [.. valid[..from], .. Piece(value), .. valid[Math.Min(valid.Length, from + (int)((uint)length % 12))..]];
            return !QuickReader.TryRead(broken, out var quick) || Json(quick) == Slow(broken);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Bytes that break JSON in ways that matter: its own marks, literals, anything.</summary>
    private static byte[] Piece(byte value) => (value % 8) switch
    {
        0 => [],
        1 => "null"u8.ToArray(),
        2 => "{}"u8.ToArray(),
        3 => ","u8.ToArray(),
        4 => "\""u8.ToArray(),
        5 => "]"u8.ToArray(),
        6 => "1e3"u8.ToArray(),
        7 when value > 128 => "\\u0000"u8.ToArray(),
        _ => [value],
    };

    private static string Slow(byte[] bytes)
    {
        try
        {
            return Json(ConfigReader.Read(bytes, BundleJson.Default.RuntimeSpec));
        }
        catch (InvalidDataException)
        {
            return "refused";
        }
    }

    private static string Json(RuntimeSpec spec) => JsonSerializer.Serialize(spec, BundleJson.Default.RuntimeSpec);
}
