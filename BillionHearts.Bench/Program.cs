using System.Runtime.InteropServices;
using BillionHearts.Bench;
using Microsoft.Extensions.Configuration;

// Measures a running topology (`./run` in another terminal) from outside, through the gateway, and prints tables; telemetry and rows
// start what they measure.
// Nothing here passes or fails: a figure is read by a person and kept in docs/performance.md with its command.
var command = args.FirstOrDefault() ?? "help";
var options = new ConfigurationBuilder().AddCommandLine([.. args.Skip(1)]).Build();
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    switch (command)
    {
        case "flood":
            await FloodBench.RunAsync(options, stop.Token);
            return 0;
        case "journey":
            await JourneyBench.RunAsync(options, stop.Token);
            return 0;
        case "uploads":
            await UploadBench.RunAsync(options, stop.Token);
            return 0;
        case "capacity":
            await CapacityBench.RunAsync(options, stop.Token);
            return 0;
        case "exact":
            return await ExactBench.RunAsync(options, stop.Token) ? 0 : 1;
        case "mix":
            await MixBench.RunAsync(options, stop.Token);
            return 0;
        case "pairs":
            await PairBench.RunAsync(options, stop.Token);
            return 0;
        case "peers":
            await PeerBench.RunAsync(options, stop.Token);
            return 0;
        case "edge":
            await EdgeBench.RunAsync(options, stop.Token);
            return 0;
        case "renditions":
            await RenditionBench.RunAsync(options, stop.Token);
            return 0;
        case "rows":
            await RowsBench.RunAsync(options, stop.Token);
            return 0;
        case "telemetry":
            await TelemetryBench.RunAsync(options, stop.Token);
            return 0;
        default:
            Console.WriteLine("""
                BillionHearts.Bench <command> [--gateway http://localhost:8080] [--option value]…

                  capacity  the highest rate of uploads with P99 within a limit                   --first 20 --step 10 --last 200 --seconds 30 --limit 100
                  edge      cached media against nginx with files, in one run: rate and latency     --rounds 5 --seconds 5 --connections 16 --rate 2000 --steady 30 --turns 3
                  exact     files of random sizes come back bit for bit; exits 1 if not           --count 1000 --largest 5000000 --seed 1
                  flood     uploads alone and beside a flood of sign-ins, in one run       --rate 20 --flood 50 --seconds 60
                  journey   one photo at a time: upload answered, analyzed (owner told)   --count 30
                  mix       uploads and ten times as many readings of media, beside each other       --seconds 300 --uploads-per-second 4 --reads-per-second 40 --images 200
                  pairs     denied uploads of others and of nobody, in turns; needs tokens        --pairs 200 --rounds 3
                  peers     metadata POST and GET against the original service, in one run     --connections 16 --rounds 3 --seconds 8
                  renditions  cold renditions of 12 megapixels against sharp, in one run          --count 200 --block 20 --warm-up 5 --peer-alone false
                  rows      an image and a list with more and more rows, a topology of its own     --rows 10000,1000000,10000000 --seconds 15 --warm-up 5 --connections 4
                  telemetry two topologies of its own, in turns: what exporting costs uploads     --rounds 12 --seconds 4 --concurrency 8 --control false
                  uploads   open-loop arrivals of small photos: latency of the answer     --rate 20 --seconds 60 --width 1400 --height 1050 --quality 85
                """);
            return command is "help" or "--help" ? 0 : 2;
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
