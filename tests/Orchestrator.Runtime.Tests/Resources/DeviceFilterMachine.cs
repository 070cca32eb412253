namespace Orchestrator.Runtime.Tests.Resources;

/// <summary>Runs an eBPF device program as the kernel would, and as strictly as its verifier: it knows the
/// instructions such programs need, no jump backwards, no register that was not set, and a context of twelve bytes.
/// </summary>
internal static class DeviceFilterMachine
{
    public static bool Allows(ulong[] program, int type, uint major, uint minor, int use)
    {
        var registers = new ulong?[11];
        uint[] context = [((uint)use << 16) | (uint)type, major, minor];
        for (var at = 0; ; at++)
        {
            var word = program[at]; // Past the end: an exception, as the verifier would have it.
            var (code, to, from) = ((byte)word, (int)(word >> 8) & 15, (int)(word >> 12) & 15);
            var (offset, value) = ((short)(word >> 16), (int)(word >> 32));
            Assert.True(offset >= 0, "a jump goes forward");
            switch (code)
            {
                case 0x61:
                    Assert.Equal((1, 0), (from, offset % 4));
                    registers[to] = context[offset / 4];
                    break;
                case 0xb7: registers[to] = (ulong)value; break;
                case 0xbf: registers[to] = registers[from]!.Value; break;
                case 0x54: registers[to] = (uint)registers[to]!.Value & (uint)value; break;
                case 0x57: registers[to] = registers[to]!.Value & (ulong)value; break;
                case 0x77: registers[to] = registers[to]!.Value >> value; break;
                case 0x56: at += (uint)registers[to]!.Value != (uint)value ? offset : 0; break;
                case 0x45: at += (registers[to]!.Value & (ulong)value) != 0 ? offset : 0; break;
                case 0x05: at += offset; break;
                case 0x95: return registers[0]!.Value == 1;
                default: throw new InvalidOperationException($"instruction {code:x2} at {at}");
            }
        }
    }
}
