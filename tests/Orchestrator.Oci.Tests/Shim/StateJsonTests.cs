using System.Text.Json;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Oci.Tests.Shim;

public sealed class StateJsonTests
{
    private static readonly ContainerState Full = new()
    {
        Id = "a\"b",
        Status = ContainerStatus.Paused,
        Pid = 1,
        PidStartTicks = ulong.MaxValue,
        ShimPid = 2,
        ShimStartTicks = 3,
        BootId = "boot",
        Bundle = "/b ü\\\t\ud83d\ude00",
        CgroupsPath = "/c",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void The_serializer_and_its_own_reader_read_it_back_equal()
    {
        foreach (var state in (ContainerState[])[Full, new() { Id = "x", Status = ContainerStatus.Created }])
        {
            var written = StateJson.Write(state);

            Assert.Equal(state, JsonSerializer.Deserialize(written, ShimJson.Default.ContainerState));
            Assert.True(StateJson.TryRead(written, out var read));
            Assert.Equal(state, read);
        }
    }

    [Fact]
    public void A_container_that_has_ended_is_known_by_its_exit()
    {
        var ended = Full with { Exit = new ExitStatus { ExitCode = 3 } };

        Assert.Equal(ended, StateJson.Read(StateJson.Write(ended)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"id\":\"x\",\"status\":\"Sleeping\"}")]
    [InlineData("{\"id\":\"x\",\"status\":\"Created\"")]
    public void What_is_no_state_is_refused(string text) =>
        Assert.Throws<JsonException>(() => StateJson.Read(System.Text.Encoding.UTF8.GetBytes(text)));
}
