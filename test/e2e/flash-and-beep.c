/*
 * flash-and-beep SECONDS - once a second, a white screen and a beep of a tenth of a second, at one instant.
 *
 * The screen is $DISPLAY's, the sound goes to the default sink of $PULSE_SERVER. Sound is written ahead of its time;
 * the server tells how far (pa_simple_get_latency), and the screen is painted when the beep's first sample is played.
 * Says "ready" on stdout once sound flows.
 */
#include <X11/Xlib.h>
#include <math.h>
#include <pulse/simple.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RATE = 48000, PIECE = RATE / 100, BEEP_PIECES = 10, PIECES_A_SECOND = 100 };

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void wait_until(int64_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) {}
}

static void paint(Display *display, Window window, unsigned long pixel)
{
	XSetWindowBackground(display, window, pixel);
	XClearWindow(display, window);
	XSync(display, False);
}

int main(int argc, char **argv)
{
	const int pieces = (argc > 1 ? atoi(argv[1]) : 10) * PIECES_A_SECOND;
	Display *display = XOpenDisplay(NULL);
	if (!display) return fprintf(stderr, "no X server at $DISPLAY\n"), 1;
	const int screen = DefaultScreen(display);
	XSetWindowAttributes attributes = { .override_redirect = True, .background_pixel = BlackPixel(display, screen) };
	Window window = XCreateWindow(display, DefaultRootWindow(display), 0, 0, DisplayWidth(display, screen),
		DisplayHeight(display, screen), 0, CopyFromParent, InputOutput, CopyFromParent,
		CWOverrideRedirect | CWBackPixel, &attributes);
	XMapRaised(display, window);
	paint(display, window, BlackPixel(display, screen));

	const pa_sample_spec spec = { .format = PA_SAMPLE_S16LE, .rate = RATE, .channels = 1 };
	const pa_buffer_attr buffer = { .maxlength = (uint32_t)-1, .tlength = 6 * PIECE * 2, .prebuf = PIECE * 2,
		.minreq = PIECE * 2, .fragsize = (uint32_t)-1 };
	pa_simple *sound = pa_simple_new(NULL, "flash-and-beep", PA_STREAM_PLAYBACK, NULL, "beep", &spec, NULL, &buffer, NULL);
	if (!sound) return fprintf(stderr, "no sound server at $PULSE_SERVER\n"), 1;

	int16_t silence[PIECE] = { 0 }, tone[PIECE];
	for (int i = 0; i < PIECE; i++) tone[i] = 16000 * cos(2 * M_PI * 1000 * i / RATE);
	int64_t dark_us = 0, bright_us = 0;
	for (int piece = 0; piece < pieces; piece++) {
		const int phase = piece % PIECES_A_SECOND;
		if (phase == 0) { /* what is written next is played when what was written before it has been */
			bright_us = now_us() + (int64_t)pa_simple_get_latency(sound, NULL);
			dark_us = bright_us + BEEP_PIECES * 10000;
		}
		if (pa_simple_write(sound, phase < BEEP_PIECES ? tone : silence, sizeof tone, NULL) < 0) return 1;
		if (piece == 0) { puts("ready"); fflush(stdout); }
		if (bright_us && bright_us - now_us() < 12000) {
			wait_until(bright_us);
			paint(display, window, WhitePixel(display, screen));
			bright_us = 0;
		}
		if (dark_us && !bright_us && dark_us - now_us() < 12000) {
			wait_until(dark_us);
			paint(display, window, BlackPixel(display, screen));
			dark_us = 0;
		}
	}
	pa_simple_drain(sound, NULL);
	pa_simple_free(sound);
	XCloseDisplay(display);
	return 0;
}
